package dev.lora4j.diffusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.diffusion.config.kohya.KohyaOptions;
import dev.lora4j.diffusion.style.StyleSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Keys that mean something for others, said in different layers. */
class PrecedenceTest {
  private static final String OUT = "out = 'a.safetensors'\n";

  @TempDir Path folder;

  private SettingLayers read(String text, String... preset) throws Exception {
    Path file = folder.resolve("run.toml");
    Files.writeString(file, text.contains("out = ") ? text : OUT + text);
    SettingLayers layers = new SettingLayers(KohyaOptions::new);
    if (preset.length > 0) {
      RunFile.read(file, layers, preset[0]);
    } else {
      RunFile.read(file, layers);
    }
    return layers;
  }

  @ParameterizedTest
  @CsvSource({
    "epochs, steps",
    "steps, epochs",
    "previews.every_epochs, previews.every",
    "validation.every, validation.every_epochs",
    "save.adapters_epochs, save.adapters",
  })
  void laterOfStepsAndEpochsCounts(String first, String later) throws Exception {
    SettingLayers layers = read(first + " = 7");
    layers.set(later, 30L, "command line");
    RunValues values = layers.values();
    assertEquals(Optional.of(30), values.find(SettingLayers.key(later).orElseThrow()));
    assertEquals("default", values.origin(SettingLayers.key(first).orElseThrow()));
    String saved = ResolvedRun.toml(values);
    assertEquals(ResolvedRun.texts(values), ResolvedRun.texts(read(saved).values()));
  }

  @Test
  void stepsAndEpochsInOneFileAreRefused() throws Exception {
    SettingLayers layers = read("steps = 7\nepochs = 3");
    RunProblems e = assertThrows(RunProblems.class, layers::values);
    assertEquals(
        "run.toml, line 2: steps is said beside epochs (run.toml, line 3); a run has one of them,"
            + " so remove the other.",
        e.getMessage());
  }

  @Test
  void sdScriptsEpochsOverrideSteps() throws Exception {
    SettingLayers layers = read("max_train_epochs = 3\nmax_train_steps = 1600");
    RunValues values = layers.values();
    assertEquals(Optional.of(3), values.find(RunKeys.EPOCHS));
    assertEquals("default", values.origin(RunKeys.STEPS));
    assertTrue(layers.notes().toString().contains("max_train_steps is said beside"), "a note");
  }

  @Test
  void requestedPresetReplacesThatOfTheFile() throws Exception {
    SettingLayers layers = read("preset = 'style'\nsteps = 5", "character");
    RunValues values = layers.values();
    assertEquals(32, values.get(AdapterKeys.RANK));
    assertEquals(Optional.of(List.of("attention-feed-forward")), values.find(AdapterKeys.TARGETS));
    assertEquals(5, values.get(RunKeys.STEPS));
    assertFalse(values.data().get("flip_aug") == null, "of character");
    assertTrue(
        layers.notes().get(0).contains("preset style gives way to preset character"),
        layers.notes().toString());
  }

  @Test
  void includedLayersReplaceThoseOfAPreset() throws Exception {
    SettingLayers layers = read("preset = 'style'");
    layers.setText("adapter.include", "*attn2*", "--set");
    RunValues values = layers.values();
    assertEquals(List.of(), RunSettings.of(values).style().recipe().targets().presets());
    SettingLayers both = read("preset = 'style'\n[adapter]\ntargets = ['attention']");
    both.setText("adapter.include", "*attn2*", "--set");
    assertEquals(
        List.of(TargetPreset.ATTENTION),
        RunSettings.of(both.values()).style().recipe().targets().presets());
  }

  @ParameterizedTest
  @CsvSource({"constant", "Constant"})
  void presetWarmUpIsDroppedWithItsSchedule(String schedule) throws Exception {
    SettingLayers layers = read("preset = 'style'");
    layers.setText("schedule.name", schedule, "--set");
    layers.setText("optimizer.name", "schedule_free_adamw", "--set");
    RunValues values = layers.values();
    assertEquals(0, RunSettings.of(values).style().schedule().warmup());
    RunValues again = read(ResolvedRun.toml(values)).values();
    assertEquals(RunSettings.of(values).style(), RunSettings.of(again).style());
    SettingLayers said = read("preset = 'style'\n[schedule]\nwarmup = 0.2");
    said.setText("schedule.name", schedule, "--set");
    RunValues refused = said.values();
    assertThrows(RunProblems.class, () -> RunSettings.of(refused));
  }

  @Test
  void prodigyReplacesThePresetsRateByOne() throws Exception {
    SettingLayers layers = read("preset = 'style'");
    layers.setText("optimizer.name", "Prodigy", "--set");
    assertEquals(1, RunSettings.of(layers.values()).style().rates().rate());
    SettingLayers said = read("preset = 'style'\n[optimizer]\nrate = 0.5");
    said.setText("optimizer.name", "prodigy", "--set");
    assertEquals(0.5, RunSettings.of(said.values()).style().rates().rate());
  }

  @ParameterizedTest
  @CsvSource({
    "'unet_rate = 1\ntext_encoder_rate = 1', true, 1",
    "'unet_rate = 0.5', false, 0.5",
    // The text encoder has no rate of its own.
    "'unet_rate = 0.5', true, 1e-3",
    "'text_encoder_rate = 0.5', true, 1e-3",
    "'unet_rate = 0.5\nrate = 2e-4', false, 2e-4",
  })
  void denoiserRateStandsForAnUnusedRate(String rates, boolean text, double rate) throws Exception {
    SettingLayers layers =
        read("preset = 'quick'\n[adapter]\ntext_encoder = " + text + "\n[optimizer]\n" + rates);
    StyleSettings style = RunSettings.of(layers.values()).style();
    assertEquals(rate, style.rates().rate());
  }
}
