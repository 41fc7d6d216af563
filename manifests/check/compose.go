package check

import (
	"context"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// Compose loads files over one another, with the variables of .env. Compose itself refuses unknown keys,
// values of another type, variables that are required and missing, and names that nothing stands for.
func Compose(ctx context.Context, env map[string]string, files ...string) (*types.Project, error) {
	details := types.ConfigDetails{WorkingDir: ".", Environment: env}
	for _, file := range files {
		details.ConfigFiles = append(details.ConfigFiles, types.ConfigFile{Filename: file})
	}
	return loader.LoadWithContext(ctx, details, func(options *loader.Options) {
		options.SetProjectName("linqbot", true)
	})
}

// Environment is what the containers of a service get.
func Environment(service types.ServiceConfig) map[string]string {
	env := map[string]string{}
	for name, value := range service.Environment {
		if value != nil {
			env[name] = *value
		}
	}
	return env
}
