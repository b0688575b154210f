package dev.lora4j.text.align.reward;

import com.google.gson.JsonElement;
import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.RewardRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;

/**
 * 1 for a completion that is JSON, and of a schema if there is one; 0 for another.
 *
 * @param schema File with a JSON schema, see {@link JsonSchema}; none if empty
 */
@Extension(
    point = RewardFunction.class,
    name = "json",
    help = "1 if the completion is JSON, and of a schema if you give one; 0 if not")
public record Json(
    @Setting(help = "File with a JSON schema (2020-12)", defaultValue = "") String schema)
    implements RewardFunction {
  /**
   * Checks the schema.
   *
   * @throws IllegalArgumentException if it cannot be read, or has what is not understood
   */
  public Json {
    if (!schema.isEmpty()) {
      JsonSchema.of(text(schema));
    }
  }

  @Override
  public CompletionStage<List<OptionalDouble>> rewards(RewardRequest request) {
    Optional<JsonSchema> expected =
        schema.isEmpty() ? Optional.empty() : Optional.of(JsonSchema.of(text(schema)));
    return RewardFunction.of(name(), rollout -> valid(rollout.completion(), expected) ? 1 : 0)
        .rewards(request);
  }

  private static boolean valid(String completion, Optional<JsonSchema> expected) {
    Optional<JsonElement> value = JsonValues.parse(completion);
    return value.isPresent() && expected.map(schema -> schema.holds(value.get())).orElse(true);
  }

  private static String text(String file) {
    try {
      return RegularFile.text(Path.of(file), RegularFile.TEXT);
    } catch (IOException e) {
      throw new IllegalArgumentException("The schema " + file + " cannot be read: " + e, e);
    }
  }

  /** The content of the schema counts, not its place. */
  @Override
  public String canonical() {
    String content =
        schema.isEmpty()
            ? ""
            : Digests.hex(JsonSchema.of(text(schema)).text().getBytes(StandardCharsets.UTF_8));
    return CanonicalForm.of("Json").with("schema", content).text();
  }
}
