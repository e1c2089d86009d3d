package api

import (
	"encoding/json"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var profiles = []web.Op{
	web.Do("GET", atMe+"profile/", web.SignedIn(), 200, "Get the caller's profile", getProfile),
	web.Do("PATCH", atMe+"profile/", web.SignedIn(), 200, "Change the caller's profile", updateProfile),
	web.Do("PATCH", atMe+"onboard/", web.SignedIn(), 200, "Note that the caller has been shown around", setOnboarded),
	web.Do("PATCH", atMe+"tour-completed/", web.SignedIn(), 200, "Note that the caller has seen the tour", setTourCompleted),
}

// Profile is what somebody prefers.
type Profile struct {
	ID                        string         `json:"id"`
	CreatedAt                 string         `json:"created_at"`
	UpdatedAt                 string         `json:"updated_at"`
	Theme                     store.JSON     `json:"theme"`
	IsAppRailDocked           bool           `json:"is_app_rail_docked"`
	IsTourCompleted           bool           `json:"is_tour_completed"`
	OnboardingStep            store.JSON     `json:"onboarding_step"`
	UseCase                   *string        `json:"use_case"`
	Role                      *string        `json:"role"`
	IsOnboarded               bool           `json:"is_onboarded"`
	LastWorkspaceID           *string        `json:"last_workspace_id"`
	BillingAddressCountry     string         `json:"billing_address_country"`
	BillingAddress            store.NullJSON `json:"billing_address"`
	HasBillingAddress         bool           `json:"has_billing_address"`
	CompanyName               string         `json:"company_name"`
	NotificationViewMode      string         `json:"notification_view_mode"`
	IsSmoothCursorEnabled     bool           `json:"is_smooth_cursor_enabled"`
	IsMobileOnboarded         bool           `json:"is_mobile_onboarded"`
	MobileOnboardingStep      store.JSON     `json:"mobile_onboarding_step"`
	MobileTimezoneAutoSet     bool           `json:"mobile_timezone_auto_set"`
	Language                  string         `json:"language"`
	StartOfTheWeek            int            `json:"start_of_the_week"`
	Goals                     store.JSON     `json:"goals"`
	BackgroundColor           string         `json:"background_color"`
	IsNavigationTourCompleted bool           `json:"is_navigation_tour_completed"`
	HasMarketingEmailConsent  bool           `json:"has_marketing_email_consent"`
	IsSubscribedToChangelog   bool           `json:"is_subscribed_to_changelog"`
	ProductTour               store.JSON     `json:"product_tour"`
	User                      string         `json:"user"`
}

func profile(c *app.Call, p *store.Profile) Profile {
	return Profile{
		ID: p.ID, CreatedAt: c.Time(p.CreatedAt), UpdatedAt: c.Time(p.UpdatedAt), Theme: p.Theme,
		IsAppRailDocked: p.IsAppRailDocked, IsTourCompleted: p.IsTourCompleted, OnboardingStep: p.OnboardingStep,
		UseCase: p.UseCase, Role: p.Role, IsOnboarded: p.IsOnboarded, LastWorkspaceID: p.LastWorkspaceID,
		BillingAddressCountry: p.BillingAddressCountry, BillingAddress: p.BillingAddress,
		HasBillingAddress: p.HasBillingAddress, CompanyName: p.CompanyName,
		NotificationViewMode: p.NotificationViewMode, IsSmoothCursorEnabled: p.IsSmoothCursorEnabled,
		IsMobileOnboarded: p.IsMobileOnboarded, MobileOnboardingStep: p.MobileOnboardingStep,
		MobileTimezoneAutoSet: p.MobileTimezoneAutoSet, Language: p.Language, StartOfTheWeek: p.StartOfTheWeek,
		Goals: p.Goals, BackgroundColor: p.BackgroundColor, IsNavigationTourCompleted: p.IsNavigationTourCompleted,
		HasMarketingEmailConsent: p.HasMarketingEmailConsent, IsSubscribedToChangelog: p.IsSubscribedToChangelog,
		ProductTour: p.ProductTour, User: p.UserID,
	}
}

func getProfile(c *app.Call, _ web.Nothing) (Profile, error) {
	p, err := user.ProfileOf(c)
	if err != nil {
		return Profile{}, err
	}
	return profile(c, p), nil
}

// ProfileInput is what somebody may prefer. The documents may be any JSON.
type ProfileInput struct {
	Theme                     store.JSON              `json:"theme"`
	IsAppRailDocked           app.Opt[bool]           `json:"is_app_rail_docked"`
	IsTourCompleted           app.Opt[bool]           `json:"is_tour_completed"`
	OnboardingStep            store.JSON              `json:"onboarding_step"`
	UseCase                   app.Opt[string]         `json:"use_case" check:"null,blank"`
	Role                      app.Opt[string]         `json:"role" check:"null,blank,max=300"`
	IsOnboarded               app.Opt[bool]           `json:"is_onboarded"`
	LastWorkspaceID           app.Opt[string]         `json:"last_workspace_id" check:"null,uuid"`
	BillingAddressCountry     app.Opt[string]         `json:"billing_address_country" check:"max=255"`
	BillingAddress            app.Opt[store.NullJSON] `json:"billing_address"`
	HasBillingAddress         app.Opt[bool]           `json:"has_billing_address"`
	CompanyName               app.Opt[string]         `json:"company_name" check:"blank,max=255"`
	NotificationViewMode      app.Opt[string]         `json:"notification_view_mode" check:"choice=full|compact"`
	IsSmoothCursorEnabled     app.Opt[bool]           `json:"is_smooth_cursor_enabled"`
	IsMobileOnboarded         app.Opt[bool]           `json:"is_mobile_onboarded"`
	MobileOnboardingStep      store.JSON              `json:"mobile_onboarding_step"`
	MobileTimezoneAutoSet     app.Opt[bool]           `json:"mobile_timezone_auto_set"`
	Language                  app.Opt[string]         `json:"language" check:"max=255"`
	StartOfTheWeek            app.Opt[int]            `json:"start_of_the_week" check:"choice=0|1|2|3|4|5|6"`
	Goals                     store.JSON              `json:"goals"`
	BackgroundColor           app.Opt[string]         `json:"background_color" check:"max=255"`
	IsNavigationTourCompleted app.Opt[bool]           `json:"is_navigation_tour_completed"`
	HasMarketingEmailConsent  app.Opt[bool]           `json:"has_marketing_email_consent"`
	IsSubscribedToChangelog   app.Opt[bool]           `json:"is_subscribed_to_changelog"`
	ProductTour               store.JSON              `json:"product_tour"`
}

func updateProfile(c *app.Call, in ProfileInput) (Profile, error) {
	p, err := user.UpdateProfile(c, func(p *store.Profile) {
		for dest, opt := range map[*bool]app.Opt[bool]{&p.IsAppRailDocked: in.IsAppRailDocked,
			&p.IsTourCompleted: in.IsTourCompleted, &p.IsOnboarded: in.IsOnboarded, &p.HasBillingAddress: in.HasBillingAddress,
			&p.IsSmoothCursorEnabled: in.IsSmoothCursorEnabled, &p.IsMobileOnboarded: in.IsMobileOnboarded,
			&p.MobileTimezoneAutoSet:     in.MobileTimezoneAutoSet,
			&p.IsNavigationTourCompleted: in.IsNavigationTourCompleted, &p.HasMarketingEmailConsent: in.HasMarketingEmailConsent,
			&p.IsSubscribedToChangelog: in.IsSubscribedToChangelog} {
			*dest = opt.Or(*dest)
		}
		for dest, doc := range map[*store.JSON]store.JSON{&p.Theme: in.Theme, &p.OnboardingStep: in.OnboardingStep,
			&p.MobileOnboardingStep: in.MobileOnboardingStep, &p.Goals: in.Goals, &p.ProductTour: in.ProductTour} {
			if doc != nil {
				*dest = doc
			}
		}
		for dest, opt := range map[*string]app.Opt[string]{&p.BillingAddressCountry: in.BillingAddressCountry,
			&p.CompanyName: in.CompanyName, &p.NotificationViewMode: in.NotificationViewMode, &p.Language: in.Language,
			&p.BackgroundColor: in.BackgroundColor} {
			*dest = opt.Or(*dest)
		}
		for dest, opt := range map[**string]app.Opt[string]{&p.UseCase: in.UseCase, &p.Role: in.Role,
			&p.LastWorkspaceID: in.LastWorkspaceID} {
			if opt.Set {
				*dest = opt.Ptr()
			}
		}
		if in.BillingAddress.Set {
			p.BillingAddress = in.BillingAddress.V
		}
		p.StartOfTheWeek = in.StartOfTheWeek.Or(p.StartOfTheWeek)
	}, profileColumns...)
	if err != nil {
		return Profile{}, err
	}
	return profile(c, p), nil
}

var profileColumns = []string{"theme", "is_app_rail_docked", "is_tour_completed", "onboarding_step", "use_case", "role",
	"is_onboarded", "last_workspace_id", "billing_address_country", "billing_address", "has_billing_address",
	"company_name", "notification_view_mode", "is_smooth_cursor_enabled", "is_mobile_onboarded", "mobile_onboarding_step",
	"mobile_timezone_auto_set", "language",
	"start_of_the_week",
	"goals", "background_color", "is_navigation_tour_completed", "has_marketing_email_consent",
	"is_subscribed_to_changelog", "product_tour"}

func setOnboarded(c *app.Call, in struct {
	Is json.RawMessage `json:"is_onboarded"`
}) (Message, error) {
	return setFlag(c, in.Is, "is_onboarded", func(p *store.Profile, is bool) { p.IsOnboarded = is })
}

func setTourCompleted(c *app.Call, in struct {
	Is json.RawMessage `json:"is_tour_completed"`
}) (Message, error) {
	return setFlag(c, in.Is, "is_tour_completed", func(p *store.Profile, is bool) { p.IsTourCompleted = is })
}

// setFlag reads absent as false, and faults in the words of the reference's generic handler.
func setFlag(c *app.Call, raw json.RawMessage, column string, set func(p *store.Profile, is bool)) (Message, error) {
	is, ok := web.Bool(raw)
	if raw != nil && (!ok || raw[0] == '"') { // a text is no flag here, not even "true"
		return Message{}, app.ErrValue
	}
	_, err := user.UpdateProfile(c, func(p *store.Profile) { set(p, is) }, column)
	return Message{"Updated successfully"}, err
}
