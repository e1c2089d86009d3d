// Signs people in, and out, by a certified provider that none of us wrote (npm oidc-provider): .ci/oidc/run starts it.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const base = process.env.SAILPLANE_BASE;
const issuer = process.env.SAILPLANE_SIGN_IN_OIDC_COMPANY_ISSUER;
const at = createRequire(process.env.OIDC_MODULES + '/');
const { Provider } = await import(pathToFileURL(at.resolve('oidc-provider')).href);

let person = { sub: 'ann', email: 'ann@company.test', email_verified: true, given_name: 'Ann', groups: ['operators'] };
const callback = base + '/auth/oidc/company/callback/';
const logout = base + '/auth/oidc/company/logout/';
const provider = new Provider(issuer, {
	clients: [{ client_id: 'sailplane', client_secret: 'of-the-play', redirect_uris: [callback],
		post_logout_redirect_uris: [logout], backchannel_logout_uri: logout, backchannel_logout_session_required: true }],
	claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name'], groups: ['groups'] },
	features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
	cookies: { keys: ['of the play'] },
	fetch: (url, { dispatcher, ...options }) => fetch(url, options), // its own asks no address of this machine
	interactions: { url: (_, interaction) => '/interaction/' + interaction.uid },
	findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...person, sub: id }) }),
});

for (const event of ['server_error', 'backchannel.error']) provider.on(event, (...about) => console.error(event, about.find((a) => a instanceof Error)));

// The provider's pages: whoever comes is the person, and agrees.
async function interact(req, res) {
	const { prompt, params, session } = await provider.interactionDetails(req, res);
	if (prompt.name === 'login') {
		return provider.interactionFinished(req, res, { login: { accountId: person.sub } });
	}
	const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
	grant.addOIDCScope(params.scope);
	return provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } });
}

const handle = provider.callback();
const server = createServer((req, res) => (req.url.startsWith('/interaction/') ? interact(req, res) : handle(req, res)));
await new Promise((listening) => server.listen(Number(new URL(issuer).port), '127.0.0.1', listening));

// A browser keeps cookies by host and port, and follows what it is told.
class Browser {
	jars = {};

	async ask(url, options = {}) {
		const { origin } = new URL(url);
		const jar = (this.jars[origin] ??= {});
		const cookie = Object.entries(jar).map(([name, value]) => `${name}=${value}`).join('; ');
		const res = await fetch(url, { ...options, redirect: 'manual', headers: { ...options.headers, cookie } });
		for (const line of res.headers.getSetCookie()) {
			const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
			if (value === '') delete jar[name];
			else jar[name] = value;
		}
		return res;
	}

	async follow(url, options) {
		let res = await this.ask(url, options);
		for (let i = 0; i < 12 && res.headers.get('location'); i++) {
			url = new URL(res.headers.get('location'), url).href;
			if (url.startsWith(base) && !url.includes('/auth/')) break;
			res = await this.ask(url);
		}
		return { res, url };
	}

	async me() {
		const res = await this.ask(base + '/api/users/me/');
		return res.ok ? (await res.json()).email : '';
	}

	async post(path, fields) {
		const { csrf_token: token } = await (await this.ask(base + '/auth/get-csrf-token/')).json();
		return this.ask(base + path, { method: 'POST', body: new URLSearchParams({ ...fields, csrfmiddlewaretoken: token }),
			headers: { 'content-type': 'application/x-www-form-urlencoded' } });
	}
}

const admin = new Browser();
await admin.post('/api/instances/admins/sign-up/', { email: 'ada@company.test', password: 'Quiet-harbour-morning-71',
	first_name: 'Ada', company_name: 'Company' });

const ann = new Browser();
let end = await ann.follow(base + '/auth/oidc/company/?next_path=/console/account/');
assert.equal(await ann.me(), 'ann@company.test', `sign-in ended at ${end.url}: ${end.res.status} ${await end.res.text()}`);
assert.equal(end.url, base + '/console/account/');
assert.equal((await ann.ask(base + '/console/people/')).status, 200, 'the group makes no administrator');

// Signing out here leads to the provider, and back.
const left = await ann.post('/auth/sign-out/', {});
const there = left.headers.get('location');
assert.ok(there.startsWith(issuer), `signing out leads to ${there}`);
const page = await (await ann.ask(there)).text();
const xsrf = /name="xsrf" value="([^"]+)"/.exec(page);
assert.ok(xsrf, page);
end = await ann.follow(issuer + '/session/end/confirm', { method: 'POST',
	body: new URLSearchParams({ xsrf: xsrf[1], logout: 'yes' }) });
assert.equal(end.url, base + '/console/sign-in/?done=signed-out');

// Signing out at the provider ends the session here.
person = { ...person, groups: [] };
await ann.follow(base + '/auth/oidc/company/');
assert.equal(await ann.me(), 'ann@company.test');
assert.equal((await ann.ask(base + '/console/people/')).status, 403, 'without the group they still administer the server');
const own = /name="xsrf" value="([^"]+)"/.exec(await (await ann.ask(issuer + '/session/end')).text());
await ann.ask(issuer + '/session/end/confirm', { method: 'POST', body: new URLSearchParams({ xsrf: own[1], logout: 'yes' }) });
for (let i = 0; i < 50 && (await ann.me()); i++) await new Promise((later) => setTimeout(later, 100));
assert.equal(await ann.me(), '', 'the session outlives the one at the provider');

// An address that the provider has not verified opens nothing.
person = { sub: 'eve', email: 'ada@company.test', email_verified: false };
const eve = new Browser();
end = await eve.follow(base + '/auth/oidc/company/');
assert.equal(end.res.status, 400);
assert.equal(await eve.me(), '');
console.log('oidc-provider: signed in, out there and back, groups, back-channel, an unverified address');
server.close();
process.exit(0);
