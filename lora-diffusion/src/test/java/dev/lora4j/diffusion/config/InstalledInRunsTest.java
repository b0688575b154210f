package dev.lora4j.diffusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.dora.DoraTraining;
import dev.lora4j.core.adapter.lokr.LokrTraining;
import dev.lora4j.core.adapter.training.ToolConvention;
import dev.lora4j.core.train.optimizer.Optimizers;
import dev.lora4j.core.train.schedule.Polynomial;
import dev.lora4j.diffusion.config.kohya.KohyaOptions;
import dev.lora4j.diffusion.style.StyleSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Methods, optimisers and schedules by the names and settings that extensions have. */
class InstalledInRunsTest {
  @TempDir private Path folder;

  private SettingLayers read(String text) throws Exception {
    Path file = folder.resolve("run.toml");
    Files.writeString(file, text);
    SettingLayers layers = new SettingLayers(KohyaOptions::new);
    RunFile.read(file, layers);
    return layers;
  }

  @Test
  void extensionsAreFoundByNameAndSettings() throws Exception {
    StyleSettings style =
        style(
            """
            [adapter]
            method = "LoKr"
            settings = { decompose_both = true, factor = 4 }
            [optimizer]
            name = "Prodigy"
            settings = { growth_rate = inf, d_coef = 2, safeguard_warmup = 1 }
            [schedule]
            name = "polynomial"
            settings = { power = 3 }
            """);
    assertEquals(new LokrTraining(4, false, true), style.recipe().method());
    assertEquals(
        Optimizers.named("prodigy", Map.of("d_coef", 2, "safeguard_warmup", true)),
        style.optimizer());
    assertEquals(new Polynomial(3), style.schedule().decay());
  }

  @Test
  void sdScriptsArgumentsSetExtensionSettings() throws Exception {
    StyleSettings style =
        style(
            """
            network_module = "lycoris.kohya"
            network_args = ["algo=dora", "wd_on_out=False"]
            optimizer_type = "prodigy"
            optimizer_args = ["decouple=True", "use_bias_correction=True", "d_coef=0.5"]
            lr_scheduler = "polynomial"
            lr_scheduler_power = 2
            lr_scheduler_num_cycles = 3
            """);
    assertEquals(new DoraTraining("lora", ToolConvention.LYCORIS, false), style.recipe().method());
    assertEquals(
        Optimizers.named("prodigy", Map.of("d_coef", 0.5, "use_bias_correction", true)),
        style.optimizer());
    assertEquals(new Polynomial(2), style.schedule().decay());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'algo=lokr', 'dora_wd=True', 'factor=8', 'decompose_both=True' | lokr:factor=8,decompose_both=true",
        "'dora_wd=True', 'algo=loha' | loha",
        "'dora_wd=True', 'algo=locon' | lora",
        "'dora_wd=True' | lora",
      })
  void sdScriptsDoraWrapsAnyAlgorithm(String arguments, String inner) throws Exception {
    StyleSettings style =
        style("network_module = 'lycoris.kohya'\nnetwork_args = [" + arguments + "]");
    DoraTraining dora = (DoraTraining) style.recipe().method();
    assertEquals(new DoraTraining(inner, ToolConvention.LYCORIS, true), dora);
  }

  private StyleSettings style(String text) throws Exception {
    return RunSettings.of(read("out = 'a.safetensors'\n" + text).values()).style();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "schedule.name = 'cosin'|run.toml, line 2: schedule.name: There is no Decay 'cosin'. Did you mean cosine?",
        "adapter.method = 'lorra'|run.toml, line 2: adapter.method: There is no TrainableMethod 'lorra'. Did you mean lora?",
        "layout = 'ckpt'|run.toml, line 2: layout: There is no AdapterWriter 'ckpt'. There are diffusers, gguf, kohya, lora4j, peft.",
        "optimizer.name = 'adanw'|There is no Optimizer 'adanw'. Did you mean adamw?",
        "optimizer.settings = { epss = 1 }|adamw: has no setting epss, did you mean eps?",
        "optimizer.settings = 1|optimizer.settings takes a table of settings, found 1",
        "optimizer_args = ['decouple=False']|decouple is always true here",
        "network_args = ['use_scalar=True']|use_scalar is not known here",
        "schedule.settings = { power = 1 }|cosine: has no setting power, nor any other",
        "adapter.settings = { factor = 1 }|lora: has no setting factor; it has use_tucker",
        "adapter.factor = 1|lora: has no setting factor; it has use_tucker",
      })
  void unknownExtensionsAreRefused(String line, String expected) {
    String message = assertThrows(RunProblems.class, () -> style(line)).getMessage();
    assertTrue(message.contains(expected), message);
  }

  @Test
  void extensionSettingsRoundTrip() throws Exception {
    String text =
        "optimizer.name = 'prodigy'\noptimizer.settings = { growth_rate = inf, d0 = 1e-5 }";
    RunValues values = read("out = 'a.safetensors'\n" + text).values();
    RunValues again = read(ResolvedRun.toml(values)).values();
    assertEquals(values.get(OptimizerKeys.OPTIMIZER_ARGS), again.get(OptimizerKeys.OPTIMIZER_ARGS));
    SettingLayers line = read("out = 'a.safetensors'");
    line.setText("optimizer.settings", "{ beta1 = 0.8 }", "command line");
    assertEquals(Map.of("beta1", 0.8), line.values().get(OptimizerKeys.OPTIMIZER_ARGS));
  }

  @ParameterizedTest
  @CsvSource({
    "kohya, dora, '', LYCORIS",
    "peft, dora, '', PEFT",
    "diffusers, dora, '', PEFT",
    "peft, ia3, '', PEFT",
    "peft, dora, lycoris, LYCORIS",
    "kohya, dora, peft, PEFT",
  })
  void methodTakesTheConventionOfItsLayout(
      String layout, String method, String convention, String expected) throws Exception {
    String settings =
        convention.isEmpty() ? "" : "settings = { convention = '" + convention + "' }\n";
    String text = "layout = '%s'\n[adapter]\nmethod = '%s'\n%s".formatted(layout, method, settings);
    String canonical = style(text).recipe().method().canonical();
    assertTrue(canonical.contains("convention=" + expected), canonical);
  }
}
