using System;
using System.Collections.Generic;
using System.Text.Json;
using Amazon.CDK;
using CdkEcrAutoCreate;

namespace Example
{
    /// <summary>Synthesises the stack, and prints the messages of wrong props.</summary>
    internal static class Program
    {
        private static void Main()
        {
            var app = new App();
            new Platform(app, "Platform");
            app.Synth();
            Console.WriteLine(JsonSerializer.Serialize(BadInput()));
        }

        private static Dictionary<string, string> BadInput()
        {
            var cases = new Dictionary<string, EcrAutoCreateProps>
            {
                ["allowedPrefixes"] = new EcrAutoCreateProps { AllowedPrefixes = new[] { "backend/", "Frontend/" } },
                ["retryAttempts"] = new EcrAutoCreateProps { RetryAttempts = 3 },
                ["tags"] = new EcrAutoCreateProps
                {
                    RepositoryDefaults = new RepositorySettings { Tags = new Dictionary<string, string> { ["created-by"] = "me" } },
                },
            };
            var messages = new Dictionary<string, string>();
            foreach (var (name, props) in cases)
            {
                try
                {
                    new EcrAutoCreate(new Stack(), "Bad", props);
                }
                catch (Exception error)
                {
                    messages[name] = error.Message;
                }
            }
            return messages;
        }
    }
}
