package dev.lora4j.diffusion.config.aitoolkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.nn.Site;
import dev.lora4j.diffusion.config.Presets;
import dev.lora4j.diffusion.config.ResolvedRun;
import dev.lora4j.diffusion.config.RunFile;
import dev.lora4j.diffusion.config.RunProblems;
import dev.lora4j.diffusion.config.RunSettings;
import dev.lora4j.diffusion.config.SettingLayers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole configurations as people have them for ai-toolkit, read to the settings expected. */
class AiToolkitRunsTest {
  private static final Path RESOURCES = Path.of("src/test/resources/ai-toolkit");

  @TempDir private Path folder = Path.of("");

  @BeforeEach
  void base() throws IOException {
    Files.createDirectories(folder.resolve("base"));
    Files.writeString(folder.resolve("assistant.safetensors"), "");
  }

  private SettingLayers read(String text) throws IOException {
    Path file = folder.resolve("run.yaml");
    Files.writeString(file, text);
    SettingLayers layers = new SettingLayers();
    RunFile.read(file, layers, new AiToolkitFormat());
    return layers;
  }

  private static String example(String name) throws IOException {
    return Files.readString(RESOURCES.resolve(name + ".yaml"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"flux", "sd15", "sdxl", "sd35", "zimage", "ui"})
  void configurationsAreReadToTheirSettings(String name) throws IOException {
    SettingLayers layers = read(example(name));
    if (name.equals("zimage")) {
      Files.writeString(folder.resolve("weights.txt"), "1\n2\n");
      layers.set("loss.timestep_weights", folder.resolve("weights.txt").toString(), "--set");
    }
    RunSettings.of(layers.values());
    String toml = ResolvedRun.toml(layers.values());
    for (String line : Files.readAllLines(RESOURCES.resolve(name + ".expected"))) {
      String setting = line.replace("FOLDER", folder.toString()).replace('\\', '/');
      boolean absent = setting.startsWith("not ");
      String plain = toml.replace("\\\\", "/");
      assertEquals(!absent, plain.contains(setting.replaceFirst("^not ", "")), setting + plain);
    }
  }

  @ParameterizedTest
  @CsvSource({"flux_kontext, true", "flux2_klein_4b, true", "flux, false"})
  void controlPicturesAreReferencePictures(String arch, boolean taken) throws IOException {
    SettingLayers layers =
        read(
            """
            job: extension
            config:
              name: mine
              process:
                - type: sd_trainer
                  training_folder: output
                  network: {type: lora, linear: 4}
                  train: {steps: 10, noise_scheduler: flowmatch}
                  model: {name_or_path: base, arch: ARCH}
                  datasets:
                    - {folder_path: after, control_path: before, control_path_1: hats}
            """
                .replace("ARCH", arch));
    if (taken) {
      String toml = ResolvedRun.toml(layers.values()).replace("\\\\", "/");
      String before = folder.resolve("before").toString().replace('\\', '/');
      String hats = folder.resolve("hats").toString().replace('\\', '/');
      assertTrue(toml.contains("reference_dir = [\"" + before + "\", \"" + hats + "\"]"), toml);
      assertTrue(layers.notes().toString().contains("full_size_control_images"));
    } else {
      String problems =
          String.valueOf(assertThrows(RunProblems.class, layers::values).getMessage());
      assertTrue(problems.contains("control_path_1"), problems);
    }
  }

  /** The numbers of layers that ai-toolkit trains of published bases. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "flux|flux||494",
        "sd35|sd35m||",
        "flux|flux|only_if_contains: [transformer.single_transformer_blocks.7.]|6",
        "flux|flux|only_if_contains: [transformer$$single_transformer_blocks$$7$$]|6",
        "flux|flux|only_if_contains: [attn]|266",
        "flux|flux|ignore_if_contains: [single_transformer_blocks]|266",
      })
  void layersAreThoseOfAiToolkit(String name, String family, String kwargs, Integer layers)
      throws IOException {
    String text = example(name);
    String whole =
        kwargs == null
            ? text
            : text.replace("network:", "network:\n        network_kwargs: {" + kwargs + "}");
    List<Site> sites =
        List.copyOf(
            RunSettings.of(read(whole).values())
                .style()
                .recipe()
                .plan(Families.named(family).sites().all())
                .sites()
                .keySet());
    assertTrue(sites.stream().noneMatch(s -> s.name().startsWith("text_encoder")), sites + "");
    if (layers == null) {
      assertTrue(sites.stream().allMatch(s -> s.name().contains("transformer_blocks.")), "blocks");
    } else {
      assertEquals(layers.intValue(), sites.size());
    }
  }

  /** Linear layers and convolutions of one point; with conv all convolutions. */
  @ParameterizedTest
  @CsvSource({"'',false", "conv: 8,true"})
  void layersOfUnetsAreThoseOfAiToolkit(String conv, boolean kernels) throws IOException {
    String text = example("sd15").replace("linear: 16", "linear: 16\n        " + conv);
    Stream<Site> sites =
        RunSettings.of(read(text).values())
            .style()
            .recipe()
            .plan(Families.named("sd15").sites().all())
            .sites()
            .keySet()
            .stream();
    List<Site> all = sites.toList();
    assertEquals(kernels, all.stream().anyMatch(Site::kernel), "kernels");
    for (String name : List.of("time_embedding.linear_1", "conv_shortcut", "proj_in", "to_q")) {
      assertTrue(all.stream().anyMatch(s -> s.name().endsWith(name)), name);
    }
    long expected =
        Families.named("sd15").sites().all().stream()
            .filter(s -> s.name().startsWith("unet."))
            .filter(s -> s.kind() == Site.Kind.LINEAR || s.convolution())
            .filter(s -> kernels || !s.kernel())
            .count();
    assertEquals(expected, all.size());
  }

  @Test
  void defaultsAreTold() throws IOException {
    SettingLayers layers = read(example("sd15"));
    layers.values();
    String notes = layers.notes().toString();
    assertTrue(notes.contains("not said, and so as in ai-toolkit: "), notes);
    assertTrue(notes.contains("save.adapters = 1000"), notes);
  }

  /**
   * A preset's own choices count before ai-toolkit's defaults, and what the file says before it.
   */
  @Test
  void presetTakesTheDefaultsAway() throws IOException {
    SettingLayers layers = new SettingLayers();
    Presets.read("style", layers);
    Path file = folder.resolve("run.yaml");
    Files.writeString(file, example("sd15"));
    RunFile.read(file, layers, new AiToolkitFormat());
    Map<String, String> values = ResolvedRun.texts(layers.values());
    assertEquals("2000", values.get("steps"));
    assertFalse(values.containsKey("save.adapters"), values.toString());
    assertFalse(layers.notes().toString().contains("not said"), layers.notes().toString());
  }

  @Test
  void commandLineWins() throws IOException {
    SettingLayers layers = read(example("zimage").replace("weighted", "linear"));
    layers.set("base", folder.toString(), "--base");
    layers.set("optimizer.lr", "0.5", "--lr");
    assertEquals("0.5", ResolvedRun.texts(layers.values()).get("optimizer.lr"));
  }

  @Test
  void missingBaseMayBeSaidOnTheCommandLine() throws IOException {
    String text = example("sd15").replace("name_or_path: base", "name_or_path: owner/model");
    RunProblems e = assertThrows(RunProblems.class, () -> read(text).values());
    assertTrue(String.valueOf(e.getMessage()).contains("repository owner/model"), e.getMessage());
    SettingLayers layers = read(text);
    layers.set("base", folder.resolve("base").toString(), "--base");
    layers.values();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "job: extension|job: extract|expected extension, as configurations of ai-toolkit's trainers have. Instead, ./lora4j extract",
        "job: extension|job: mod|./lora4j merge and resize",
        "job: extension|job: generate|./lora4j generate",
        "type: sd_trainer|type: concept_slider|say learn = \"slider\"",
        "type: sd_trainer|type: slider|say learn = \"slider\"",
        "type: sd_trainer|type: textual_inversion_trainer|textual inversions are not trained",
        "type: sd_trainer|type: mine|process.type is mine; expected sd_trainer",
        "name: ink|nome: ink|did you mean name?",
        "lr: 1e-4|lr: fast|train.lr takes a number, found fast.",
        "lr: 1e-4|lr: [1, 2]|train.lr takes a number, found a list.",
        "steps: 2000|steps: 1.5|train.steps takes a whole number, found 1.5.",
        "steps: 2000|step: 2000|train.step is no key of ai-toolkit; did you mean steps?",
        "steps: 2000|zzzzzz: 2000|look for its name in docs/coming-from-ai-toolkit.md",
        "train_unet: true|train_unet: often|train.train_unet takes true or false, found often.",
        "lr: 1e-4|lr: ${RATE}|variables of the environment are not read",
        "optimizer: adamw8bit|optimizer: automagic|train.optimizer is automagic, which is not done here",
        "optimizer: adamw8bit|optimizer: prodigy8bit|train.optimizer is prodigy8bit",
        "optimizer: adamw8bit|lr_scheduler: linear|rises from a third of the rate",
        "optimizer: adamw8bit|lr_scheduler: step|train.lr_scheduler is step",
        "optimizer: adamw8bit|optimizer_params: {bettas: 1}|has no setting bettas, did you mean beta1?",
        "type: lora|type: lycoris|network.type is lycoris, which is not done here",
        "network:|netwrk:|process.network is missing",
        "datasets:|data:|process.datasets is missing",
        "name_or_path: base|arch: sdxl|model.name_or_path is missing",
        "name_or_path: base|{name_or_path: base, arch: qwen_image}|model.arch is qwen_image, and no adapter is trained here",
        "resolution: 512|resolution: big|takes a number of pixels or a list of these, found big",
      })
  void wrongConfigurationsAreRefusedByName(String from, String to, String told) throws IOException {
    String text = example("sd15").replace(from, to);
    RunProblems e =
        assertThrows(RunProblems.class, () -> RunSettings.of(read(text).values()), text);
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(told), message);
    assertTrue(
        told.matches(".*(missing|no setting).*") || message.contains("run.yaml, line "), message);
  }

  @Test
  void severalProcessesNeedFilesOfTheirOwn() throws IOException {
    String text = example("sd15");
    String process = text.substring(text.indexOf("    - type:"));
    RunProblems e = assertThrows(RunProblems.class, () -> read(text + process).values());
    assertTrue(String.valueOf(e.getMessage()).contains("has 2 processes"), e.getMessage());
  }

  /** Types of flows that are there and those that are not, by base. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "flux|sigmoid|loss.timestep_sampling|\"sigmoid\"",
        "flux|linear|loss.timestep_sampling|\"uniform\"",
        "flux|shift|loss.timestep_sampling|\"uniform_size_shift\"",
        "flux|shift|loss.training_shift|1",
        "flux|flux_shift|loss.timestep_sampling|\"uniform_size_shift\"",
        "sd35|shift|loss.timestep_sampling|\"uniform\"",
        "sd35|shift|loss.training_shift|3",
        "zimage|shift|loss.training_shift|3",
        "flux|lognorm_blend|refused|train.timestep_type is lognorm_blend",
        "flux|next_sample|refused|train.timestep_type is next_sample",
        "flux|one_step|refused|train.timestep_type is one_step",
        "flux|weighted|refused|--set loss.timestep_weights=weights.txt",
      })
  void timestepTypes(String name, String type, String key, String told) throws IOException {
    String text = example(name).replaceFirst("timestep_type: \\w+", "timestep_type: " + type);
    SettingLayers layers = read(text);
    if (key.equals("refused")) {
      RunProblems e = assertThrows(RunProblems.class, layers::values);
      assertTrue(String.valueOf(e.getMessage()).contains(told), e.getMessage());
    } else {
      assertEquals(told, ResolvedRun.texts(layers.values()).get(key));
    }
  }

  /** FLUX.1 is told a scale of 1 in training, unless it knows none. */
  @Test
  void guidanceIsThatOfAiToolkit() throws IOException {
    assertEquals("1", ResolvedRun.texts(read(example("flux")).values()).get("loss.guidance_scale"));
    Path config = folder.resolve("base/transformer/config.json");
    Files.createDirectories(folder.resolve("base/transformer"));
    Files.writeString(config, "{\"guidance_embeds\": false}");
    assertFalse(
        ResolvedRun.texts(read(example("flux")).values()).containsKey("loss.guidance_scale"));
  }

  /** The older key of accumulation counts batches as steps. */
  @Test
  void stepsOfBatchesAreDivided() throws IOException {
    String text =
        example("sd15")
            .replace("steps: 2000", "steps: 2000\n        gradient_accumulation_steps: 4");
    Map<String, String> values = ResolvedRun.texts(read(text).values());
    assertEquals("500", values.get("steps"));
    assertEquals("4", values.get("gradient_accumulation"));
    assertEquals("250", values.get("save.adapters"));
  }

  /** Configurations may be JSON, which is YAML too. */
  @Test
  void jsonIsRead() throws IOException {
    Path file = folder.resolve("run.json");
    Files.writeString(
        file,
        """
        {"job": "extension", "config": {"name": "ink", "process": [{"type": "diffusion_trainer",
          "network": {"type": "lokr", "lokr_full_rank": true, "lokr_factor": 8},
          "datasets": [{"folder_path": "p"}], "train": {"optimizer": "prodigy"},
          "model": {"name_or_path": "base"}}]}}
        """);
    SettingLayers layers = new SettingLayers();
    assertTrue(new AiToolkitFormat().reads("run.json"), "json");
    RunFile.read(file, layers, new AiToolkitFormat());
    Map<String, String> values = ResolvedRun.texts(layers.values());
    assertEquals("\"lokr\"", values.get("adapter.method"));
    assertEquals("8", values.get("adapter.factor"));
    assertTrue(String.valueOf(values.get("adapter.settings")).contains("full_matrix"), "whole");
    assertEquals("1", values.get("optimizer.lr"));
    RunSettings.of(layers.values());
  }
}
