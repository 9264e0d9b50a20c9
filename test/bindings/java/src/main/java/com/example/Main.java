package com.example;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.cdkecrautocreate.EcrAutoCreate;
import io.github.cdkecrautocreate.EcrAutoCreateProps;
import io.github.cdkecrautocreate.RepositorySettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Stack;

/** Synthesises the stack, and prints the messages of wrong props. */
final class Main {
  private Main() {}

  public static void main(final String[] arguments) throws JsonProcessingException {
    App app = new App();
    new Platform(app, "Platform");
    app.synth();
    System.out.println(new ObjectMapper().writeValueAsString(badInput()));
  }

  private static Map<String, String> badInput() {
    Map<String, EcrAutoCreateProps> cases = Map.of(
        "allowedPrefixes", EcrAutoCreateProps.builder().allowedPrefixes(List.of("backend/", "Frontend/")).build(),
        "retryAttempts", EcrAutoCreateProps.builder().retryAttempts(3).build(),
        "tags", EcrAutoCreateProps.builder()
            .repositoryDefaults(RepositorySettings.builder().tags(Map.of("created-by", "me")).build())
            .build());
    Map<String, String> messages = new HashMap<>();
    cases.forEach((name, props) -> {
      try {
        new EcrAutoCreate(new Stack(), "Bad", props);
      } catch (RuntimeException error) {
        messages.put(name, error.getMessage());
      }
    });
    return messages;
  }
}
