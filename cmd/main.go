// Command sailplane serves the API of a project tracker from one process and one file.
package main

func main() {}
