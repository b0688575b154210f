package dev.lora4j.diffusion.config.kohya;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.dora.DoraTraining;
import dev.lora4j.core.adapter.dylora.DyloraTraining;
import dev.lora4j.core.adapter.dylora.RankMode;
import dev.lora4j.core.adapter.loha.LohaTraining;
import dev.lora4j.core.adapter.lora.LoraFaTraining;
import dev.lora4j.core.adapter.lora.LoraTraining;
import dev.lora4j.core.adapter.tlora.SingularChoice;
import dev.lora4j.core.adapter.tlora.StoredForm;
import dev.lora4j.core.adapter.tlora.TloraTraining;
import dev.lora4j.core.adapter.training.ToolConvention;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.diffusion.config.AdapterKeys;
import dev.lora4j.diffusion.config.RunFile;
import dev.lora4j.diffusion.config.RunKeys;
import dev.lora4j.diffusion.config.RunProblems;
import dev.lora4j.diffusion.config.RunSettings;
import dev.lora4j.diffusion.config.RunValues;
import dev.lora4j.diffusion.config.SettingLayers;
import dev.lora4j.diffusion.style.StyleSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks as files for sd-scripts say them, and what is meant where they say nothing. */
class KohyaNetworkTest {
  private static final String LORA = "network_module = 'networks.lora'\n";
  private static final String LYCORIS = "network_module = 'lycoris.kohya'\n";

  @TempDir Path folder;

  private SettingLayers read(String text) throws Exception {
    Path file = folder.resolve("run.toml");
    Files.writeString(file, "output_name = 'mine'\n" + text);
    SettingLayers layers = new SettingLayers(KohyaOptions::new);
    RunFile.read(file, layers);
    return layers;
  }

  private StyleSettings style(String text) throws Exception {
    return RunSettings.of(read(text).values()).style();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "networks.dylora||1|networks.dylora draws a rank for each layer",
        "networks.dylora|unit=2|2|networks.dylora draws a rank for each layer",
        "lycoris.kohya|algo=dylora|4|divides alpha by the number of blocks",
        "lycoris.kohya|algo=dylora block_size=8|8|divides alpha by the number of blocks",
      })
  void dyloraHasItsUnitAndTellsOfItsRule(String module, String arguments, int unit, String told)
      throws Exception {
    SettingLayers layers =
        read(
            "network_module = '%s'\nnetwork_dim = 8\nnetwork_args = '%s'\n"
                .formatted(module, arguments == null ? "" : arguments));
    assertEquals(
        new DyloraTraining(RankMode.FROZEN, unit),
        RunSettings.of(layers.values()).style().recipe().method());
    assertTrue(layers.notes().toString().contains(told), layers.notes().toString());
  }

  @Test
  void timestepRanksHaveLycorisDirections() throws Exception {
    String text = LYCORIS + "network_args = 'algo=tlora sig_type=last use_data_init=True %s'\n";
    SettingLayers layers = read(text.formatted("mask_group_id=0"));
    assertEquals(
        new TloraTraining(1, 1, SingularChoice.LAST, StoredForm.LORA),
        RunSettings.of(layers.values()).style().recipe().method());
    assertTrue(layers.notes().toString().contains("a LoRA of twice the rank"));
    SettingLayers random = read(LYCORIS + "network_args = 'algo=tlora use_data_init=False'\n");
    RunProblems told = assertThrows(RunProblems.class, random::values);
    assertTrue(String.valueOf(told.getMessage()).contains("use_data_init = False"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"use_tucker=True", "use_cp=1"})
  void coresAreASetting(String argument) throws Exception {
    assertEquals(
        new LohaTraining(true),
        style(LYCORIS + "network_args = 'algo=loha " + argument + "'\n").recipe().method());
    assertEquals(
        new LoraTraining(true),
        style(LYCORIS + "network_args = 'algo=locon " + argument + "'\n").recipe().method());
    assertEquals(
        "ia3",
        style(LYCORIS + "network_args = 'algo=ia3 use_tucker=False'\n").recipe().method().name());
  }

  @Test
  void frozenDownFactorsAreAMethod() throws Exception {
    StyleSettings style = style("network_module = 'networks.lora_fa'\nnetwork_dim = 8\n");
    assertEquals(new LoraFaTraining(0), style.recipe().method());
    assertEquals(8, style.recipe().rank());
  }

  @Test
  void blockSizesOfOtherMethodsHaveNoEffect() throws Exception {
    SettingLayers layers = read(LYCORIS + "network_args = 'algo=loha block_size=4'\n");
    assertEquals("loha", RunSettings.of(layers.values()).style().recipe().method().name());
    assertTrue(layers.notes().toString().contains("block_size has no effect"));
  }

  /** The numbers of layers that the scripts tell of for Stable Diffusion 1. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "networks.lora||192",
        "networks.lora|conv_dim=4|278",
        "networks.lora|conv_dim=0|192",
        "networks.lora_fa||192",
        "lycoris.kohya||282",
        "lycoris.kohya|algo=locon conv_dim=4|282",
        "lycoris.kohya|preset=full|282",
        "lycoris.kohya|preset=unet-only|282",
        "lycoris.kohya|preset=attn-mlp conv_dim=4|192",
        "lycoris.kohya|conv_dim=4 preset=attn-mlp|192",
        "lycoris.kohya|preset=attn-only|128",
      })
  void networksTrainTheLayersOfSdScripts(String module, String arguments, int layers)
      throws Exception {
    String args = "network_args = '" + (arguments == null ? "" : arguments) + "'\n";
    String name = "network_module = '" + module + "'\n";
    boolean reads = arguments == null || !arguments.contains("unet-only");
    for (String text : List.of(args + name, name + args)) {
      AdapterRecipe recipe = style(text).recipe();
      assertEquals(layers, trained(recipe, "unet"), text);
      assertEquals(reads ? 72 : 0, trained(recipe, "text_encoder"), text);
    }
  }

  private static long trained(AdapterRecipe recipe, String model) {
    List<Site> sites = List.copyOf(Families.named("sd15").sites().all());
    return recipe.plan(sites).sites().keySet().stream()
        .filter(site -> site.name().startsWith(model + "."))
        .count();
  }

  @ParameterizedTest
  @ValueSource(strings = {LORA, LYCORIS})
  void explicitTargetsAreKept(String module) throws Exception {
    String args = "network_args = ['conv_dim=4']\n";
    SettingLayers layers = read(module + args + "[adapter]\ntargets = ['attention']");
    assertEquals(Optional.of(List.of("attention")), layers.values().find(AdapterKeys.TARGETS));
    SettingLayers over = read(module + args);
    over.set("adapter.targets", List.of("linear"), "command line");
    RunValues values = over.values();
    assertEquals(Optional.of(List.of("linear")), values.find(AdapterKeys.TARGETS));
    assertEquals(List.of(), values.get(AdapterKeys.INCLUDE));
  }

  @Test
  void missingOptionsHaveSdScriptsDefaults() throws Exception {
    SettingLayers layers = read(LORA);
    RunSettings run = RunSettings.of(layers.values());
    StyleSettings style = run.style();
    assertEquals(4, style.recipe().rank());
    assertEquals(1, style.recipe().alpha());
    assertEquals(2e-6, style.rates().rate());
    assertEquals("constant", style.schedule().decay().name());
    assertEquals(0, style.schedule().warmup());
    assertEquals(1600, style.steps());
    assertEquals(1, run.values().get(RunKeys.BATCH));
    assertEquals(Optional.of(List.of()), run.values().find(RunKeys.PREVIEW_PROMPTS));
    assertEquals(
        "run.toml, line 2: not said, and so as in sd-scripts: adapter.rank = 4, adapter.alpha = 1,"
            + " optimizer.lr = 2.0e-6, schedule.name = \"constant\", schedule.warmup = 0,"
            + " batch = 1, steps = 1600, previews.prompts = [], dtype = \"f32\".",
        layers.notes().get(1));
  }

  @Test
  void explicitValuesOverrideSdScriptsDefaults() throws Exception {
    SettingLayers layers =
        read(LORA + "network_alpha = 0\nmax_train_epochs = 3\nlr_scheduler = 'cosine'");
    layers.set("adapter.rank", "8", "command line");
    layers.set("previews.prompts", List.of("a fox"), "command line");
    RunValues values = layers.values();
    StyleSettings style = RunSettings.of(values).style();
    assertEquals(8, style.recipe().rank());
    assertEquals(8, style.recipe().alpha());
    assertEquals("cosine", style.schedule().decay().name());
    assertEquals(0, style.schedule().warmup());
    assertEquals("default", values.origin(RunKeys.STEPS));
    assertEquals(Optional.of(List.of("a fox")), values.find(RunKeys.PREVIEW_PROMPTS));
  }

  @Test
  void presetReplacesSdScriptsDefaults() throws Exception {
    SettingLayers layers = read("preset = 'quick'\n" + LORA);
    StyleSettings style = RunSettings.of(layers.values()).style();
    assertEquals(8, style.recipe().rank());
    assertEquals(8, style.recipe().alpha());
    assertEquals(1e-3, style.rates().rate());
    assertFalse(layers.notes().toString().contains("as in sd-scripts"), "nothing is taken");
  }

  @ParameterizedTest
  @CsvSource({"'', false", "sample_every_n_epochs = 1, true", "sample_every_n_steps = 0, false"})
  void samplePromptsCountOnlyWithAnInterval(String every, boolean drawn) throws Exception {
    Files.writeString(folder.resolve("prompts.txt"), "a fox\n");
    RunValues values = read(LORA + "sample_prompts = 'prompts.txt'\n" + every).values();
    List<String> prompts = drawn ? List.of("a fox") : List.of();
    assertEquals(Optional.of(prompts), values.find(RunKeys.PREVIEW_PROMPTS));
    assertEquals(drawn, values.find(RunKeys.PREVIEW_STRENGTHS).equals(Optional.of(List.of(1.0))));
  }

  @ParameterizedTest
  @CsvSource({
    "networks.lora, conv_dim=4, 1",
    "networks.lora, conv_alpha=0, 4",
    "networks.lora, conv_alpha=3, 3",
    "lycoris.kohya, conv_dim=4, 2",
    "lycoris.kohya, conv_alpha=3, 3",
  })
  void convolutionAlphaIsThatOfTheScripts(String module, String argument, double alpha)
      throws Exception {
    String args = "network_args = ['conv_dim=4', '" + argument + "']\nnetwork_alpha = 2\n";
    AdapterRecipe recipe = style(args + "network_module = '" + module + "'").recipe();
    assertEquals(alpha, recipe.convAlpha().getAsDouble());
  }

  @ParameterizedTest
  @CsvSource({
    "dora_wd=True, True, true",
    "dora_wd=1, 1, true",
    "dora_wd=true, False, false",
    "dora_wd=1, false, false",
  })
  void doraLengthsAreByOutputUnlessFalse(String dora, String side, boolean output)
      throws Exception {
    String args = "network_args = ['" + dora + "', 'wd_on_output=" + side + "']\n";
    assertEquals(
        new DoraTraining("lora", ToolConvention.LYCORIS, output),
        style(LYCORIS + args).recipe().method());
  }

  @Test
  void doraSideHasNoEffectWithoutDora() throws Exception {
    SettingLayers layers = read(LYCORIS + "network_args = ['dora_wd=False', 'wd_on_output=False']");
    assertEquals(Map.of(), layers.values().get(AdapterKeys.SETTINGS_OF_METHOD));
    assertTrue(layers.notes().toString().contains("wd_on_output has no effect"), "a note");
  }

  @Test
  void zeroConvDimUnderLycorisIsRefused() throws Exception {
    SettingLayers layers = read(LYCORIS + "network_args = ['conv_dim=0']");
    RunProblems e = assertThrows(RunProblems.class, layers::values);
    assertTrue(e.getMessage().contains("say preset=attn-mlp instead"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "'unet_lr = 1\ntext_encoder_lr = 1', 1",
    "'unet_lr = 0.5\nnetwork_train_unet_only = true', 0.5",
    "'', 1",
    "learning_rate = 0.7, 0.7",
  })
  void prodigyHasOneRate(String rates, double rate) throws Exception {
    StyleSettings style = style(LORA + "optimizer_type = 'Prodigy'\n" + rates);
    assertEquals(rate, style.rates().rate());
    style.requireFits(style.recipe().plan(Families.named("sd15").sites().all()));
  }
}
