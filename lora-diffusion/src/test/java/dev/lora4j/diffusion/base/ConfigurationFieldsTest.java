package dev.lora4j.diffusion.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.diffusion.clip.ClipFamily;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import dev.lora4j.diffusion.sampling.SchedulerConfigFile;
import dev.lora4j.diffusion.unet.UNetFamily;
import dev.lora4j.diffusion.vae.VaeConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every field of diffusers' and transformers' configurations has a row in a table here: it is
 * heeded, refused or without effect. A new version of the reference brings new fields into
 * fields.json, which then have none.
 */
class ConfigurationFieldsTest {
  private static final JsonObject REFERENCE = read(VariantFolder.FOLDER.resolve("fields.json"));
  private static final Map<String, ConfigFields> TABLES =
      Map.of(
          "UNet2DConditionModel", UNetFamily.fields(),
          "AutoencoderKL", VaeConfigFile.fields(),
          "CLIPTextConfig", ClipFamily.fields(),
          "CLIPTokenizer",
              ConfigFields.none()
                  .used("vocab", "merges", "bos_token", "eos_token", "unk_token", "pad_token"),
          "model_index", DiffusersConfigs.indexFields());

  /** Heeded fields that no network shows; the test is named beside each. */
  private static final Set<String> SHOWN_ELSEWHERE =
      Set.of(
          "sample_size", // theSizeOfPicturesIsRead
          "scaling_factor", // FactorStructureTest and every picture
          "shift_factor", // shiftFactorIsLeftOutAndNoted
          "down_block_types", // otherBlocksAreNamed
          "up_block_types");

  @TempDir private Path folder;

  private static JsonObject read(Path file) {
    try {
      return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private ConfigFile file(JsonObject json) throws IOException {
    Path file = folder.resolve("config.json");
    Files.writeString(file, json.toString());
    return ConfigFile.read(file);
  }

  private static Set<String> without(JsonObject fields, ConfigFields table) {
    Set<String> left = new TreeSet<>(fields.keySet());
    left.removeAll(table.rules().keySet());
    return left;
  }

  static Stream<String> parts() {
    return REFERENCE.getAsJsonObject("parts").keySet().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("parts")
  void everyFieldOfTheReferenceHasARow(String part) {
    JsonObject fields = REFERENCE.getAsJsonObject("parts").getAsJsonObject(part);
    assertEquals(Set.of(), without(fields, TABLES.get(part)), part);
  }

  static Stream<String> schedulers() {
    return REFERENCE.getAsJsonObject("schedulers").keySet().stream();
  }

  /** Either all its fields have rows, or models with it are refused by its name. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("schedulers")
  void everySchedulerIsReadWholeOrRefused(String name) throws IOException {
    JsonObject fields = REFERENCE.getAsJsonObject("schedulers").getAsJsonObject(name);
    JsonObject json = new JsonObject();
    json.addProperty("_class_name", name);
    ConfigFile silent = file(json);
    SchedulerConfig read;
    try {
      read = SchedulerConfigFile.read(silent, false);
    } catch (ModelException refused) {
      String message = String.valueOf(refused.getMessage());
      assertTrue(message.contains(name + ", which is for models of other kinds"), message);
      return;
    }
    assertEquals(Set.of(), without(fields, SchedulerConfigFile.fields()), name);
    // What a silent file means is what the class means.
    assertEquals(number(fields, "beta_start", read.betaStart()), read.betaStart());
    assertEquals(number(fields, "beta_end", read.betaEnd()), read.betaEnd());
    assertEquals(
        word(fields, "beta_schedule", read.betas().name()),
        read.betas().name().toLowerCase(Locale.ROOT));
    assertEquals(
        word(fields, "timestep_spacing", read.spacing().name()),
        read.spacing().name().toLowerCase(Locale.ROOT));
    assertEquals(
        word(fields, "prediction_type", read.prediction().name()),
        read.prediction().name().toLowerCase(Locale.ROOT));
    if (fields.has("set_alpha_to_one")) {
      assertEquals(fields.get("set_alpha_to_one").getAsBoolean(), read.setAlphaToOne());
    }
    // And a file that says all that the class means is the same.
    JsonObject whole = fields.deepCopy();
    whole.entrySet().removeIf(e -> e.getValue().toString().contains("float(inf)"));
    whole.addProperty("clip_sample", false);
    whole.addProperty("_class_name", name);
    SchedulerConfig said = SchedulerConfigFile.read(file(whole), false);
    assertEquals(read.canonical(), said.canonical());
    for (String sampler : Set.of("euler", "dpmpp-2m", "unipc", "ddpm", "lcm", "tcd")) {
      boolean other = name.startsWith("DPMSolverSinglestep") && sampler.equals("unipc");
      if (!other) { // which means another lower_order_final than unipc's
        said.settings().require(sampler);
      }
    }
  }

  private static double number(JsonObject fields, String key, double otherwise) {
    return fields.has(key) ? fields.get(key).getAsDouble() : otherwise;
  }

  private static String word(JsonObject fields, String key, String otherwise) {
    return fields.has(key) ? fields.get(key).getAsString() : otherwise.toLowerCase(Locale.ROOT);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("parts")
  void unsupportedFieldsAreRefusedByName(String part) throws IOException {
    refuse(TABLES.get(part));
  }

  @Test
  void unsupportedSchedulerFieldsAreRefusedByName() throws IOException {
    refuse(SchedulerConfigFile.fields());
  }

  private void refuse(ConfigFields table) throws IOException {
    for (Map.Entry<String, ConfigFields.Rule> row : table.rules().entrySet()) {
      JsonObject json = new JsonObject();
      json.addProperty(row.getKey(), "strange");
      ConfigFile strange = file(json);
      if (row.getValue() instanceof ConfigFields.Only) {
        String message =
            assertThrows(ModelException.class, () -> table.require(strange)).getMessage();
        assertTrue(message.contains("'" + row.getKey() + "' is strange"), message);
        assertTrue(message.contains("can be read") || message.contains("cannot be read"), message);
      } else {
        table.require(strange);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"UNet2DConditionModel", "AutoencoderKL"})
  void everyHeededFieldHasAGoldenCase(String part) {
    boolean unet = part.startsWith("UNet");
    try (VariantFolder golden =
        new VariantFolder(unet ? "unet.safetensors" : "vae.safetensors", part)) {
      Set<String> shown = new TreeSet<>();
      Set<String> idle = new TreeSet<>();
      golden
          .cases()
          .forEach(
              (name, changes) ->
                  (name.startsWith("idle/") ? idle : shown).addAll(changes.keySet()));
      TABLES
          .get(part)
          .rules()
          .forEach(
              (field, rule) -> {
                boolean more = rule instanceof ConfigFields.Only only && only.values().size() > 1;
                if (rule instanceof ConfigFields.Idle) {
                  assertTrue(idle.contains(field), field);
                } else if (more || rule instanceof ConfigFields.Used) {
                  assertTrue(shown.contains(field) || SHOWN_ELSEWHERE.contains(field), field);
                }
              });
    }
  }

  /** What the reference has where a file is silent can be read wherever the field has a row. */
  @ParameterizedTest
  @ValueSource(strings = {"UNet2DConditionModel", "AutoencoderKL", "CLIPTextConfig"})
  void defaultsOfTheReferenceAreRead(String part) throws IOException {
    JsonObject json = REFERENCE.getAsJsonObject("parts").getAsJsonObject(part).deepCopy();
    json.addProperty("_class_name", part);
    if (part.equals("AutoencoderKL")) {
      VaeConfigFile.read(file(json));
    } else if (part.equals("CLIPTextConfig")) {
      new ClipFamily().network(file(json));
    } else {
      assertEquals(4, new UNetFamily().network(file(json)).levels());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "solver_order=3:dpmpp-2m,dpmpp-2m-sde,unipc:euler",
        "solver_type=heun:dpmpp-2m,dpmpp-2m-sde:unipc",
        "solver_type=bh1:unipc:dpmpp-2m",
        "lower_order_final=false:unipc:dpmpp-2m",
        "final_sigmas_type=sigma_min:euler,dpmpp-2m,unipc:ddim",
        "lambda_min_clipped=-5.1:dpmpp-2m:unipc",
        "predict_x0=false:unipc:euler",
        "disable_corrector=[0]:unipc:euler",
        "solver_p=x:unipc:euler",
        "interpolation_type=log_linear:euler:heun",
        "timestep_type=continuous:euler:heun",
        "sigma_min=0.1:euler,unipc:ddim",
        "sigma_max=9:euler,unipc:ddim",
        "variance_type=fixed_large:ddpm:ddim",
        "original_inference_steps=100:lcm,tcd:ddim",
        "timestep_scaling=1:lcm:tcd"
      })
  void samplersRefuseSettingsThatTheyDoNotHave(String line) throws IOException {
    String[] parts = line.split(":", -1);
    String[] setting = parts[0].split("=", -1);
    JsonObject json = new JsonObject();
    JsonElement value = JsonParser.parseString(setting[1]);
    json.add(setting[0], value);
    SchedulerConfig config = SchedulerConfigFile.read(file(json), true);
    for (String sampler : parts[1].split(",", -1)) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> config.settings().require(sampler))
              .getMessage();
      assertTrue(message.contains("'" + setting[0] + "' " + setting[1]), message);
      assertTrue(message.contains(sampler), message);
    }
    config.settings().require(parts[2]);
  }
}
