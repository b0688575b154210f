package dev.lora4j.text.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.text.network.LanguageNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fields of positions and windows that count with others, as configurations have had them. */
class RotaryFieldsTest {
  private static final Path MODELS = Path.of("src/test/resources/models");

  private static JsonObject config(String model) {
    try {
      Path file = MODELS.resolve(model).resolve("config.json");
      return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonObject with(JsonObject config, String key, String value) {
    JsonObject other = config.deepCopy();
    other.add(key, JsonParser.parseString(value));
    return other;
  }

  private static LanguageNetwork network(JsonObject config) {
    ConfigFile read = ConfigFile.of(Path.of("config.json"), config.toString());
    return TextFamilies.of(read).network(read);
  }

  /** Longer ones would need other frequencies for all of their tokens. */
  @Test
  void longropeGoesAsFarAsTheFirstTraining() {
    JsonObject now = config("phi4-mini");
    String first = "original_max_position_embeddings";
    assertEquals(80, network(now).longest());
    assertEquals(70, network(with(now, first, "70")).longest());
    assertEquals(60, network(with(now, "max_position_embeddings", "60")).longest());
    // Without it transformers takes its default, whatever the parameters say.
    now.remove(first);
    assertEquals(128, network(now).longest());
    JsonObject llama = config("llama");
    String longrope =
        "{\"rope_type\":\"longrope\",\"short_factor\":[1,2,3,4],\"long_factor\":[4,4,4,4]%s}";
    llama = with(llama, "rope_parameters", longrope.formatted(",\"" + first + "\":40"));
    assertEquals(40, network(llama).longest());
    assertEquals(30, network(with(llama, first, "30")).longest());
    llama = with(llama, "rope_parameters", longrope.formatted(""));
    assertEquals(128, network(llama).longest());
  }

  @Test
  void partsOfHeadsAreReadAsBeforeAndNow() {
    JsonObject now = config("phi4-mini");
    JsonObject how = now.getAsJsonObject("rope_parameters");
    JsonObject before = now.deepCopy();
    before.remove("rope_parameters");
    before.add("rope_theta", how.get("rope_theta"));
    before.add("partial_rotary_factor", how.get("partial_rotary_factor"));
    JsonObject scaling = new JsonObject();
    scaling.addProperty("type", "longrope");
    scaling.add("short_factor", how.get("short_factor"));
    scaling.add("long_factor", how.get("long_factor"));
    before.add("rope_scaling", scaling);
    assertEquals(network(now), network(before));
    scaling.addProperty("type", "su");
    assertEquals(network(now), network(before));
    scaling.addProperty("attention_factor", 1.5);
    assertNotEquals(network(now), network(before));
    JsonObject plain = with(config("phi3"), "rope_parameters", "null");
    assertNotEquals(network(plain), network(with(plain, "partial_rotary_factor", "0.5")));
    assertEquals(network(plain), network(with(plain, "partial_rotary_factor", "1")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "phi3; rope_scaling; {\"partial_rotary_factor\":0}; partial_rotary_factor",
        "phi3; rope_scaling; {\"partial_rotary_factor\":1.5}; partial_rotary_factor",
        "llama; partial_rotary_factor; 0.5; whole heads",
        "phi3; rope_scaling; {\"type\":\"yarn\",\"factor\":2.0}; yarn",
        "phi3; rope_scaling; {\"type\":\"su\",\"short_factor\":[1,1]}; expected 4",
        "phi3; rope_scaling; {\"type\":\"su\",\"short_factor\":[1,1,0,1]}; short_factor",
        "phi3; rope_scaling; {\"type\":\"su\",\"short_factor\":[1,1,1,1],\"attention_factor\":-1}; attention_factor",
        "llama; rope_parameters; {\"rope_type\":\"proportional\",\"partial_rotary_factor\":1.5}; partial_rotary_factor",
        "llama; rope_parameters; {\"rope_type\":\"proportional\",\"factor\":0}; factor",
        "phi3; rope_parameters; {\"rope_type\":\"proportional\"}; proportional",
        "phi4-mini; original_max_position_embeddings; 1; original_max_position_embeddings",
        "olmo3; rope_parameters; {\"rope_theta\": 77.0}; rope_theta",
        "olmo3; rope_scaling; {\"rope_type\":\"linear\",\"factor\":8.0}; rope_scaling",
        "olmo3; sliding_window; null; sliding_window",
        "smollm3; sliding_window; null; sliding_window",
        "smollm3; no_rope_layers; [1, 0]; no_rope_layers",
        "smollm3; no_rope_layers; [1, 0, 2]; no_rope_layers",
        "smollm3; layer_types; [\"full_attention\",\"chunked_attention\",\"full_attention\"]; chunked_attention",
        "granite; logits_scaling; 0; logits_scaling"
      })
  void settingsThatCannotBeComputedAreNamed(String model, String field, String value, String said) {
    ModelException e =
        assertThrows(ModelException.class, () -> network(with(config(model), field, value)));
    assertTrue(String.valueOf(e.getMessage()).contains(said), e.getMessage());
  }

  @Test
  void proportionalPositionsOfAllPairsAreThePlainOnes() {
    JsonObject llama = config("llama");
    String all = "{\"rope_type\":\"proportional\"%s}";
    JsonObject whole = with(llama, "rope_parameters", all.formatted(""));
    assertEquals(network(with(llama, "rope_parameters", "{}")), network(whole));
    JsonObject part =
        with(llama, "rope_parameters", all.formatted(",\"partial_rotary_factor\":0.5"));
    assertNotEquals(network(whole), network(part));
    JsonObject slower = with(llama, "rope_parameters", all.formatted(",\"factor\":2"));
    JsonObject linear = with(llama, "rope_parameters", "{\"rope_type\":\"linear\",\"factor\":2}");
    assertEquals(network(linear), network(slower));
  }

  /** GPT-NeoX has names of its own for both, and another share. */
  @Test
  void gptNeoxIsReadAsBeforeAndNow() {
    JsonObject now = config("gpt-neox");
    JsonObject before = now.deepCopy();
    before.remove("rope_parameters");
    before.addProperty("rotary_emb_base", 10_000);
    before.addProperty("rotary_pct", 0.5);
    assertEquals(network(now), network(before));
    before.addProperty("rotary_emb_base", 20_000);
    assertNotEquals(network(now), network(before));
    now.getAsJsonObject("rope_parameters").remove("partial_rotary_factor");
    before.addProperty("rotary_emb_base", 10_000);
    assertNotEquals(network(now), network(before));
    before.addProperty("rotary_pct", 0.25);
    assertEquals(network(now), network(before));
  }

  /** The older form names a base for layers without a window alone. */
  @Test
  void positionsByTypeOfLayersAreReadAsBeforeAndNow() {
    JsonObject now = config("olmo3");
    JsonObject how = now.getAsJsonObject("rope_parameters");
    how.getAsJsonObject("sliding_attention").addProperty("rope_theta", 500_000);
    JsonObject before = now.deepCopy();
    before.remove("rope_parameters");
    before.remove("layer_types");
    JsonObject scaling = how.getAsJsonObject("full_attention").deepCopy();
    before.add("rope_theta", scaling.remove("rope_theta"));
    before.add("rope_scaling", scaling);
    assertEquals(network(now), network(before));
    before.addProperty("rope_theta", 60_000);
    assertNotEquals(network(now), network(before));
  }

  @Test
  void layersWithoutPositionsHaveTheWindow() {
    JsonObject now = config("smollm3");
    assertEquals(network(now), network(with(now, "pretraining_tp", "2")));
    JsonObject listed = now.deepCopy();
    listed.remove("layer_types");
    assertEquals(network(now), network(listed));
    listed.addProperty("use_sliding_window", false);
    assertNotEquals(network(now), network(listed));
    JsonObject counted = with(now, "no_rope_layers", "null");
    counted.remove("layer_types");
    counted.addProperty("no_rope_layer_interval", 2);
    assertEquals(network(now), network(counted));
    counted.addProperty("no_rope_layer_interval", 3);
    assertNotEquals(network(now), network(counted));
  }
}
