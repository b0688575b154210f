package dev.lora4j.diffusion.config.kohya;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.optimizer.AdamW8bit;
import dev.lora4j.diffusion.config.AdapterKeys;
import dev.lora4j.diffusion.config.KeyType;
import dev.lora4j.diffusion.config.OptimizerKeys;
import dev.lora4j.diffusion.config.ResolvedRun;
import dev.lora4j.diffusion.config.RunFile;
import dev.lora4j.diffusion.config.RunKeys;
import dev.lora4j.diffusion.config.RunProblems;
import dev.lora4j.diffusion.config.RunSettings;
import dev.lora4j.diffusion.config.RunValues;
import dev.lora4j.diffusion.config.SettingLayers;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.train.objective.HuberSchedule;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import dev.lora4j.diffusion.train.objective.SmoothL1;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as they are written for sd-scripts. */
class KohyaOptionsTest {
  @TempDir Path folder;

  private SettingLayers read(String text) throws Exception {
    Path file = folder.resolve("run.toml");
    Files.writeString(file, text);
    SettingLayers layers = new SettingLayers(KohyaOptions::new);
    RunFile.read(file, layers);
    return layers;
  }

  @ParameterizedTest
  @CsvSource({"75, 1", "150, 2", "225, 3"})
  void tokensOfCaptionsAreChunks(int tokens, int chunks) throws Exception {
    SettingLayers layers = read("images = \"pictures\"\nmax_token_length = " + tokens + "\n");
    assertEquals(chunks, layers.values().find(RunKeys.CAPTION_CHUNKS).orElseThrow());
    assertTrue(layers.notes().isEmpty(), layers.notes().toString());
  }

  @Test
  void maxTokenLengthBetweenChunksIsRefused() throws Exception {
    SettingLayers layers = read("images = \"pictures\"\nmax_token_length = 100\n");
    String message = String.valueOf(assertThrows(RunProblems.class, layers::values).getMessage());
    assertTrue(message.contains("max_token_length is 75, 150, 225"), message);
  }

  @Test
  void sdScriptsOptionsKeepTheirMeaning() throws Exception {
    SettingLayers layers =
        read(
            """
            [model_arguments]
            pretrained_model_name_or_path = "sd15"
            v2 = false
            [network_arguments]
            network_module = "lycoris.kohya"
            network_dim = 8
            network_alpha = 4
            network_args = ["algo=loha", "conv_dim=2", "conv_alpha=1", "rank_dropout=0.1"]
            [optimizer_arguments]
            optimizer_type = "AdamW8bit"
            optimizer_args = ["weight_decay=0.1", "betas=0.9,0.95"]
            learning_rate = 2e-4
            max_grad_norm = 0.5
            lr_scheduler = "cosine_with_restarts"
            lr_scheduler_num_cycles = 3
            lr_warmup_steps = 7
            [training_arguments]
            output_dir = "out"
            output_name = "mine"
            max_train_steps = 70
            train_batch_size = 3
            mixed_precision = "no"
            save_precision = "float"
            loss_type = "smooth_l1"
            huber_c = 0.2
            clip_skip = 2
            resolution = "512,512"
            xformers = true
            """);
    RunSettings run = RunSettings.of(layers.values());
    StyleSettings style = run.style();
    assertEquals(Optional.of(folder.resolve("sd15")), run.base());
    assertEquals(folder.resolve("out/mine.safetensors"), run.out());
    assertEquals("mine", run.name());
    assertEquals(Optional.of(DType.F32), run.precision());
    assertEquals(DType.F32, style.stored());
    assertEquals("loha", style.recipe().method().name());
    assertEquals(8, style.recipe().rank());
    assertEquals(4, style.recipe().alpha());
    assertEquals(2, style.recipe().convRank().getAsInt());
    assertEquals(0.1, style.recipe().dropouts().rank());
    assertEquals(new AdamW8bit(0.9, 0.95, 1e-8, 0.1), style.optimizer());
    assertFalse(run.stateMapped());
    assertEquals(2e-4, style.rates().rate());
    assertEquals(0.5, style.clip());
    assertEquals("cosine_with_restarts", style.schedule().decay().name());
    assertEquals(7, style.schedule().warmup());
    assertEquals(70, style.steps());
    assertEquals(3, run.values().get(RunKeys.BATCH));
    assertEquals(new SmoothL1(0.2, HuberSchedule.SNR, 1), style.objective().loss().criterion());
    assertEquals(1, style.clipSkip());
    assertEquals("512,512", run.values().data().get("resolution"));
    assertTrue(layers.notes().toString().contains("xformers has no effect"), "a note");
  }

  @ParameterizedTest
  @CsvSource({
    "AdamW8bit, adamw8bit, false",
    "Lion8bit, lion8bit, false",
    "PagedAdamW, adamw, true",
    "PagedAdamW32bit, adamw, true",
    "PagedAdamW8bit, adamw8bit, true",
    "PagedLion8bit, lion8bit, true"
  })
  void optimizersIn8BitsAreWhatTheirNamesSay(String type, String name, boolean mapped)
      throws Exception {
    SettingLayers layers = read("output_name = 'mine'\noptimizer_type = \"" + type + "\"");
    RunSettings run = RunSettings.of(layers.values());
    assertEquals(name, run.style().optimizer().name());
    assertEquals(mapped, run.stateMapped());
    assertTrue(layers.notes().isEmpty(), layers.notes().toString());
  }

  @ParameterizedTest
  @CsvSource({"PagedAdamW8bit, memory, false", "AdamW, mapped, true"})
  void placeOfTheStateGoesBeforeTheName(String type, String place, boolean mapped)
      throws Exception {
    SettingLayers layers = read("output_name = 'mine'\noptimizer_type = \"" + type + "\"");
    layers.setText("optimizer.state", place, "--set");
    assertEquals(mapped, RunSettings.of(layers.values()).stateMapped());
  }

  @ParameterizedTest
  @ValueSource(strings = {"SGDNesterov8bit", "PagedAdEMAMix8bit"})
  void otherOptimizersIn8BitsAreRefusedByName(String type) throws Exception {
    SettingLayers layers = read("output_name = 'mine'\noptimizer_type = \"" + type + "\"");
    RunProblems refused = assertThrows(RunProblems.class, () -> RunSettings.of(layers.values()));
    assertTrue(String.valueOf(refused.getMessage()).contains(type.toLowerCase(Locale.ROOT)));
  }

  @Test
  void usualSdScriptsFileHasNoProblems() throws Exception {
    SettingLayers layers =
        read(
            """
            [additional_network_arguments]
            no_metadata = true
            unet_lr = 5e-4
            network_module = "networks.lora"
            network_dim = 16
            network_args = ["conv_dim=8", "conv_alpha=4"]
            network_train_text_encoder_only = false
            network_weights = ""
            [optimizer_arguments]
            use_8bit_adam = true
            lr_scheduler = "cosine"
            [training_arguments]
            output_dir = "out"
            output_name = "mine"
            resume = false
            save_every_n_epochs = 2
            save_last_n_epochs = 5
            sample_every_n_epochs = 1
            sample_sampler = "ddim"
            log_prefix = "mine"
            lowram = true
            mixed_precision = "fp16"
            fp8_base = false
            token_warmup_min = 1
            token_warmup_step = 0
            metadata_author = "A. Painter"
            metadata_license = "CC0-1.0"
            metadata_trigger_phrase = "inkstyle"
            """);
    RunValues values = layers.values();
    assertEquals("adamw8bit", RunSettings.of(values).style().optimizer().name());
    assertEquals(Optional.of(2), values.find(RunKeys.ADAPTER_EPOCHS));
    assertEquals(Optional.of(1), values.find(RunKeys.PREVIEW_EPOCHS));
    assertEquals(List.of("inkstyle"), values.triggers());
    assertEquals(
        Map.of("modelspec.author", "A. Painter", "modelspec.license", "CC0-1.0"), values.about());
    String notes = layers.notes().toString();
    assertTrue(notes.contains("no_metadata has no effect: how it was trained"), notes);
    assertTrue(notes.contains("sample_sampler has no effect: previews"), notes);
    // It is in most of them, and a CPU computes no network in it.
    assertEquals("auto", values.get(RunKeys.PRECISION));
    assertTrue(notes.contains("mixed_precision fp16: computed in F32 or BF16"), notes);
    // What is off has nothing to tell.
    assertFalse(notes.contains("fp8_base"), notes);
    assertEquals(Optional.empty(), values.find(RunKeys.BASE_PRECISION));
  }

  @ParameterizedTest
  @ValueSource(strings = {"fp8_base", "fp8_base_unet"})
  void basesInEightBitsStayInEightBits(String option) throws Exception {
    RunValues values = read("output_name = 'mine'\n" + option + " = true\n").values();
    assertEquals(Optional.of("fp8"), values.find(RunKeys.BASE_PRECISION));
  }

  @ParameterizedTest
  @CsvSource({
    "logit_normal, LOGIT_NORMAL, NONE",
    "mode, MODE, NONE",
    "uniform, UNIFORM, NONE",
    "cosmap, UNIFORM, COSMAP",
    "sigma_sqrt, UNIFORM, SIGMA_SQRT",
  })
  void weightingSchemeSetsFlowDistributionAndWeight(String scheme, String law, String weighting)
      throws Exception {
    SettingLayers layers =
        read(
            "output_name = 'mine'\nlogit_std = 0.5\ndiscrete_flow_shift = 3\nweighting_scheme = '"
                + scheme
                + "'\n");
    ObjectiveSettings objective = RunSettings.of(layers.values()).style().objective();
    assertEquals(law, objective.timesteps().sampling().name());
    assertEquals(weighting, objective.weights().flow().name());
    assertEquals(0.5, objective.timesteps().logitStd());
    assertEquals(OptionalDouble.of(3), objective.timesteps().shift());
  }

  @ParameterizedTest
  @ValueSource(strings = {"algo=ia3 use_tucker=True", "preset=ia3", "use_tuker=False"})
  void unsupportedNetworkArgumentsAreProblems(String argument) throws Exception {
    SettingLayers layers = read("output_name = 'mine'\nnetwork_args = '" + argument + "'\n");
    RunProblems e = assertThrows(RunProblems.class, () -> RunSettings.of(layers.values()));
    String name = argument.replaceFirst(".* ", "").split("=", -1)[0];
    assertTrue(e.getMessage().contains(name), e.getMessage());
  }

  @Test
  void textEncoderOnlyTargetsItsLayers() throws Exception {
    SettingLayers layers =
        read(
            """
            network_module = "networks.lora"
            network_train_text_encoder_only = true
            output_name = "mine"
            """);
    RunValues values = layers.values();
    assertEquals(Optional.of(List.of("text-encoders")), values.find(AdapterKeys.TARGETS));
    assertEquals(Optional.of(true), values.find(AdapterKeys.TEXT_ENCODER));
  }

  private RunValues values(String text) throws Exception {
    return read("output_name = 'mine'\n" + text).values();
  }

  @Test
  void sdScriptsSectionsMayHaveOurNames() throws Exception {
    RunValues values =
        values(
            """
            [optimizer]
            optimizer_type = "Lion"
            learning_rate = 3e-5
            [logging]
            logging_dir = "logs"
            log_with = "tensorboard"
            [save]
            save_every_n_epochs = 2
            [data]
            resolution = "512,512"
            train_data_dir = "pictures"
            """);
    assertEquals("lion", values.get(OptimizerKeys.OPTIMIZER));
    assertEquals(3e-5, values.get(OptimizerKeys.RATE));
    assertEquals(Optional.of(2), values.find(RunKeys.ADAPTER_EPOCHS));
    assertEquals(Optional.of(folder.resolve("pictures").toString()), values.find(RunKeys.IMAGES));
    assertEquals("512,512", values.data().get("resolution"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text_encoder_lr = [5e-5, 5e-5]|optimizer.text_encoder_lr|5e-05",
        "text_encoder_lr = []|optimizer.text_encoder_lr|",
        "text_encoder_lr = 0|adapter.text_encoder|false",
        "text_encoder_lr = [0.0, 0.0]|optimizer.text_encoder_lr|",
        "unet_lr = 0.0|adapter.targets|[\"text-encoders\"]",
        "network_alpha = 0|adapter.alpha|",
        "scale_weight_norms = 0|adapter.max_norm|",
        "sample_every_n_steps = 0|previews.prompts|[]",
        "max_train_epochs = 0|epochs|",
        "save_last_n_steps_state = 1000|save.keep|2",
        "v_parameterization = true|prediction|\"v_prediction\"",
        "v_parameterization = false|prediction|",
        "huber_scale = 0.5|loss.huber_scale|0.5",
        "lr_decay_steps = 0|steps|1000",
      })
  void valuesValidInSdScriptsAreAccepted(String line, String key, String value) throws Exception {
    Map<String, String> texts = ResolvedRun.texts(values(line));
    String expected = value == null ? null : value.replace("5e-05", KeyType.plain(5e-5));
    assertEquals(expected, texts.get(key));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text_encoder_lr = [5e-5, 1e-5]|text_encoder_lr has several rates; the text encoders have",
        "lr_decay_steps = 100|lr_decay_steps is not done here: there is no schedule with a decay",
        "in_json = 'meta.json'|in_json is not done here: name it as metadata_file",
      })
  void impossibleValuesAreRefusedWithReason(String line, String told) throws Exception {
    SettingLayers layers = read("output_name = 'mine'\n" + line);
    RunProblems e = assertThrows(RunProblems.class, layers::values);
    assertTrue(e.getMessage().contains(told), e.getMessage());
  }

  @Test
  void previewsDisabledInFileMayBeRequested() throws Exception {
    SettingLayers layers = read("output_name = 'mine'\nsample_every_n_steps = 0");
    layers.set("previews.prompts", List.of("a fox"), "command line");
    assertEquals(Optional.of(List.of("a fox")), layers.values().find(RunKeys.PREVIEW_PROMPTS));
  }

  @Test
  void theScaleOfHuberReachesTheLoss() throws Exception {
    RunValues values =
        values("loss_type = 'smooth_l1'\nhuber_schedule = 'constant'\nhuber_scale = 0.5");
    assertEquals(
        new SmoothL1(0.1, HuberSchedule.CONSTANT, 0.5),
        RunSettings.of(values).style().objective().loss().criterion());
  }

  @Test
  void theDataSetIsRepeated() throws Exception {
    assertEquals(10L, values("dataset_repeats = 10").data().get("num_repeats"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "lr_scheduler = 'cosine'\nlr_warmup_steps = 50"})
  void scheduleFreeOptimizerIgnoresTheSchedule(String schedule) throws Exception {
    SettingLayers layers =
        read("output_name = 'mine'\n" + schedule + "\noptimizer_type = 'AdamWScheduleFree'");
    StyleSettings style = RunSettings.of(layers.values()).style();
    assertEquals("constant", style.schedule().decay().name());
    assertEquals(0, style.schedule().warmup());
    String notes = layers.notes().toString();
    assertEquals(!schedule.isEmpty(), notes.contains("lr_scheduler has no effect"), notes);
    assertEquals(!schedule.isEmpty(), notes.contains("lr_warmup_steps has no effect"), notes);
    SettingLayers over =
        read("output_name = 'mine'\n" + schedule + "\noptimizer_type = 'ScheduleFree'");
    over.set("optimizer.name", "adamw", "command line");
    assertEquals("cosine", RunSettings.of(over.values()).style().schedule().decay().name());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.txt|# mine\\na fox --n dull --w 512\\n\\nan owl",
        "a.toml|[prompt]\\nwidth = 512\\n[[prompt.subset]]\\nprompt = 'a fox'\\n"
            + "[[prompt.subset]]\\nprompt = 'an owl'",
        "a.json|['a fox --d 1', {'prompt': 'an owl', 'seed': 3}]",
      })
  void promptsComeInAnyOfTheirForms(String name, String text) throws Exception {
    String quotes = name.endsWith("json") ? text.replace('\'', '"') : text;
    Files.writeString(folder.resolve(name), quotes.replace("\\n", "\n"));
    SettingLayers layers = read("output_name = 'mine'\nsample_prompts = '" + name + "'");
    RunValues values = layers.values();
    assertEquals(Optional.of(List.of("a fox", "an owl")), values.find(RunKeys.PREVIEW_PROMPTS));
    assertTrue(layers.notes().toString().contains("only the prompts are taken"), "a note");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.toml|prompts = 1|has no [prompt]",
        "a.toml|[[prompt.subset]]\\nwidth = 3|without a text",
        "a.json|{}|is no list",
        "a.json|[|is no JSON",
        "a.json|[{}]|without a text",
      })
  void invalidPromptFilesAreAProblem(String name, String text, String told) throws Exception {
    Files.writeString(folder.resolve(name), text.replace("\\n", "\n"));
    SettingLayers layers = read("output_name = 'mine'\nsample_prompts = '" + name + "'");
    RunProblems e = assertThrows(RunProblems.class, layers::values);
    assertTrue(e.getMessage().contains(told), e.getMessage());
    assertTrue(e.getMessage().startsWith("run.toml, line 2: "), e.getMessage());
  }

  @Test
  void unsupportedSdScriptsOptionsAreProblems() throws Exception {
    RunProblems e =
        assertThrows(
            RunProblems.class,
            () ->
                read("""
                        vae = "other.safetensors"
                        resume = "mine-state"
                        weighted_captions = true
                        """)
                    .values());
    assertEquals(3, e.problems().size(), e.getMessage());
    assertTrue(e.getMessage().contains("vae is not done here: the autoencoder is that"), "vae");
    assertTrue(e.getMessage().contains("--resume goes on with the newest checkpoint"), "resume");
  }
}
