// What a user of the Go module writes: the stack of typescript/app.mts.
package main

import (
	"encoding/json"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdk-ecr-auto-create/cdk-ecr-auto-create-go/ecrautocreate"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	newPlatform(app, "Platform")
	app.Synth(nil)
	if err := json.NewEncoder(os.Stdout).Encode(badInput()); err != nil {
		panic(err)
	}
}

// badInput gives the messages of wrong props, by name.
func badInput() map[string]string {
	cases := map[string]*ecrautocreate.EcrAutoCreateProps{
		"allowedPrefixes": {AllowedPrefixes: jsii.Strings("backend/", "Frontend/")},
		"retryAttempts":   {RetryAttempts: jsii.Number(3)},
		"tags": {RepositoryDefaults: &ecrautocreate.RepositorySettings{
			Tags: &map[string]*string{"created-by": jsii.String("me")},
		}},
	}
	messages := map[string]string{}
	for name, props := range cases {
		messages[name] = panicOf(func() {
			ecrautocreate.NewEcrAutoCreate(awscdk.NewStack(nil, nil, nil), jsii.String("Bad"), props)
		})
	}
	return messages
}

// panicOf gives what the function panics with: that is how errors of constructs come in Go.
func panicOf(function func()) (message string) {
	defer func() {
		switch reason := recover().(type) {
		case nil:
		case error:
			message = reason.Error()
		case string:
			message = reason
		default:
			panic(reason)
		}
	}()
	function()
	return ""
}
