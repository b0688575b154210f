package dev.lora4j.server.a1111;

import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.json.JsonFields;

/** The fields that ask for scripts of A1111, of which there is none here. */
final class ScriptFields {
  private ScriptFields() {}

  /**
   * Refuses {@code script_name} and {@code alwayson_scripts}.
   *
   * @throws HttpProblem 422 naming the script, as A1111 does with one that it lacks
   */
  static void require(JsonFields body) {
    body.text("script_name").filter(name -> !name.isEmpty()).ifPresent(ScriptFields::refuse);
    body.fields("alwayson_scripts")
        .flatMap(scripts -> scripts.object().keySet().stream().findFirst())
        .ifPresent(ScriptFields::refuse);
  }

  private static void refuse(String name) {
    throw A1111Problem.unusable(
        "Script '" + name + "' not found: this server has no scripts. Leave it out.");
  }
}
