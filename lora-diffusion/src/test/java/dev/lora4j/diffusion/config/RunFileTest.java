package dev.lora4j.diffusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.diffusion.config.kohya.KohyaOptions;
import dev.lora4j.diffusion.family.stablediffusion.UNetTargets;
import dev.lora4j.diffusion.style.StyleSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunFileTest {
  @TempDir Path folder;

  private SettingLayers read(String text) throws Exception {
    Path file = folder.resolve("run.toml");
    Files.writeString(file, text);
    SettingLayers layers = new SettingLayers(KohyaOptions::new);
    RunFile.read(file, layers);
    return layers;
  }

  private List<String> problems(String text) throws Exception {
    SettingLayers layers = read(text);
    return assertThrows(RunProblems.class, layers::values).problems();
  }

  @ParameterizedTest
  @CsvSource({
    "stepz = 3, stepz, steps",
    "'[adapter]\nrnak = 3', adapter.rnak, adapter.rank",
    "'[adaptor]\nrank = 3', rank, adapter.rank",
    "networkdim = 3, networkdim, network_dim",
    "caption_drop_rate = 0.1, caption_drop_rate, caption_dropout_rate",
    "cache_latent = true, cache_latent, cache_latents",
  })
  void anUnknownKeyNamesTheNearest(String text, String key, String nearest) throws Exception {
    List<String> problems = problems(text);
    assertEquals(1, problems.size());
    assertTrue(problems.get(0).contains("there is no key " + key + ";"), problems.get(0));
    assertTrue(problems.get(0).contains(nearest), problems.get(0));
  }

  @Test
  void mistakesAreReportedTogetherWithTheirLines() throws Exception {
    List<String> problems =
        problems("steps = 0\nbatch = \"two\"\n\n[optimizer]\nrate = -1\nnmae = 1\n");
    assertEquals(
        List.of(
            "run.toml, line 1: steps takes a whole number of at least 1, found 0.",
            "run.toml, line 2: batch takes a whole number of at least 1, found \"two\".",
            "run.toml, line 5: optimizer.lr takes a number of at least 0, found -1."),
        problems.subList(0, 3));
    assertEquals(4, problems.size());
    assertTrue(problems.get(3).contains("optimizer.nmae"), problems.get(3));
  }

  @Test
  void invalidTomlIsRefusedWithItsLine() {
    RunProblems e = assertThrows(RunProblems.class, () -> read("steps = 3\nbatch ="));
    assertTrue(e.getMessage().startsWith("run.toml, line 2"), e.getMessage());
  }

  @Test
  void aFileThatIsNotUtf8IsNamed() throws Exception {
    Path file = folder.resolve("latin.toml");
    Files.write(file, new byte[] {'#', (byte) 0xe4, '\n'});
    RunProblems e =
        assertThrows(
            RunProblems.class, () -> RunFile.read(file, new SettingLayers(KohyaOptions::new)));
    assertTrue(e.getMessage().contains("latin.toml is not UTF-8"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "network_module = 'networks.lora'\nnetwork_args = ['conv_dim=4']",
        "network_args = ['conv_dim=4']\nnetwork_module = 'networks.lora'",
      })
  void theOrderOfAFileDoesNotMatter(String text) throws Exception {
    SettingLayers layers = read(text + "\nout = 'a.safetensors'");
    StyleSettings style = RunSettings.of(layers.values()).style();
    assertTrue(style.recipe().targets().presets().contains(UNetTargets.STYLE));
    assertEquals(4, style.recipe().convRank().getAsInt());
    // As in sd-scripts, where nothing says that it is not.
    assertTrue(style.recipe().targets().presets().contains(TargetPreset.TEXT_ENCODERS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"network_train_unet_only", "cache_text_encoder_outputs"})
  void denoiserOnlyOptionsExcludeTheTextEncoder(String option) throws Exception {
    SettingLayers layers =
        read("network_module = 'networks.lora'\n" + option + " = true\nout = 'a.safetensors'");
    assertEquals(
        List.of(TargetPreset.ATTENTION_FEED_FORWARD),
        RunSettings.of(layers.values()).style().recipe().targets().presets());
  }

  @Test
  void scheduleFreeOptimizerKeepsItsSdScriptsName() throws Exception {
    SettingLayers layers = read("optimizer_type = 'AdamWScheduleFree'\nout = 'a.safetensors'");
    layers.set("schedule.name", "constant", "test");
    assertEquals("schedule_free_adamw", RunSettings.of(layers.values()).style().optimizer().name());
  }

  @Test
  void laterSettingsWin() throws Exception {
    SettingLayers layers = read("preset = \"quick\"\nsteps = 77\nout = \"a.safetensors\"");
    layers.setText("adapter.rank", "5", "--set");
    layers.setText("data.flip_aug", "true", "--set");
    layers.setText("previews.prompts", "a fox, an owl", "--set");
    RunSettings run = RunSettings.of(layers.values());
    assertEquals(77, run.style().steps());
    assertEquals(5, run.style().recipe().rank());
    assertEquals(1e-3, run.style().rates().rate(), "of the preset");
    assertEquals(true, run.values().data().get("flip_aug"));
    assertEquals(List.of("a fox", "an owl"), run.previews().prompts());
  }

  @Test
  void captionTriggerIsATriggerOfTheAdapter() throws Exception {
    assertEquals(List.of("zkw"), read("[data]\ntrigger = 'zkw'").values().triggers());
    String both = "trigger_words = ['fox', 'owl']\n[data]\ntrigger = 'zkw'";
    assertEquals(List.of("fox", "owl"), read(both).values().triggers());
    assertEquals(List.of(), read("steps = 3").values().triggers());
  }

  static List<String> presets() {
    return Presets.names();
  }

  @ParameterizedTest
  @MethodSource("presets")
  void presetsAreCommentedAndUsable(String name) {
    String text = Presets.text(name);
    assertTrue(text.lines().filter(line -> line.contains("#")).count() >= 3, text);
    SettingLayers layers = new SettingLayers(KohyaOptions::new);
    Presets.read(name, layers);
    layers.set("out", "x.safetensors", "test");
    if (name.equals("slider")) {
      // Which direction is the user's to say.
      layers.set("slider.positive", "old", "test");
    }
    assertTrue(RunSettings.of(layers.values()).style().steps() > 0);
  }

  @Test
  void theDocumentationsExampleIsARun() throws Exception {
    String page = Files.readString(Path.of("../docs/training.md"));
    int begin = page.indexOf("```toml\npreset") + 8;
    SettingLayers layers = read(page.substring(begin, page.indexOf("```", begin)));
    RunSettings run = RunSettings.of(layers.values());
    assertEquals(1500, run.style().steps());
    assertEquals(List.of("a fox", "a lighthouse in the rain"), run.previews().prompts());
    assertEquals(List.of(), layers.notes());
  }

  @Test
  void unknownPresetIsRefusedWithTheNearest() {
    RunProblems e = assertThrows(RunProblems.class, () -> Presets.text("stile"));
    assertTrue(e.getMessage().contains("did you mean style?"), e.getMessage());
  }

  @Test
  void theResolvedFileGivesTheSameRun() throws Exception {
    SettingLayers layers =
        read(
            """
            preset = "style"
            out = "a.safetensors"
            trigger_words = ["ink \\"style\\"", "b\\\\c"]
            [adapter]
            ranks = { "*attn1*" = 4 }
            [data]
            flip_aug = true
            [[data.datasets]]
            resolution = 256
            [[data.datasets.subsets]]
            image_dir = "x"
            num_repeats = 3
            [[data.datasets.subsets]]
            image_dir = "y"
            """);
    RunValues first = layers.values();
    SettingLayers again = new SettingLayers(KohyaOptions::new);
    Path saved = folder.resolve("resolved.toml");
    Files.writeString(saved, ResolvedRun.toml(first));
    RunFile.read(saved, again);
    RunValues second = again.values();
    assertEquals(RunSettings.of(first).style(), RunSettings.of(second).style());
    assertEquals(first.data(), second.data());
    // Paths count from where the first file is, wherever the second is.
    assertTrue(
        first.data().toString().contains("image_dir=" + folder.resolve("x")),
        () -> first.data().toString());
    assertEquals(folder.resolve("a.safetensors"), RunSettings.of(second).out());
    assertEquals(List.of("ink \"style\"", "b\\c"), second.triggers());
    assertEquals(first.get(AdapterKeys.RANKS), second.get(AdapterKeys.RANKS));
  }

  /** The first that matches a layer counts, so that another order would be another adapter. */
  @Test
  void patternTablesKeepTheirOrder() throws Exception {
    List<String> patterns =
        List.of("mid_block.*", "to_q", "*attn1*", "*ff*", "to_k", "*attn2*", "proj_in", "conv1");
    StringBuilder ranks = new StringBuilder();
    StringBuilder alphas = new StringBuilder();
    for (String pattern : patterns) {
      ranks.append('"').append(pattern).append("\" = ").append(ranks.length() + 1).append('\n');
      alphas.append('"').append(pattern).append("\" = 2.5\n");
    }
    String text =
        "out = \"a.safetensors\"\n[adapter.rank_pattern]\n"
            + ranks
            + "[adapter.alpha_pattern]\n"
            + alphas;
    RunValues values = read(text).values();
    assertEquals(patterns, List.copyOf(values.get(AdapterKeys.RANKS).keySet()));
    assertEquals(patterns, List.copyOf(values.get(AdapterKeys.ALPHAS).keySet()));
    List<String> twice = Stream.concat(patterns.stream(), patterns.stream()).toList();
    assertEquals(
        twice,
        RunSettings.of(values).style().recipe().overrides().stream()
            .map(o -> o.sites().toString())
            .toList());
    RunValues again = read(ResolvedRun.toml(values)).values();
    assertEquals(RunSettings.of(values).style(), RunSettings.of(again).style());
    assertEquals(ResolvedRun.texts(values), ResolvedRun.texts(again));
  }

  @Test
  void fractionalRankInATableIsRefused() throws Exception {
    List<String> problems = problems("[adapter]\nranks = { to_q = 7.9 }\n");
    assertEquals(
        List.of(
            "run.toml, line 2: adapter.rank_pattern takes a table of names and whole numbers of at least"
                + " 1, found {to_q=7.9}."),
        problems);
  }

  @Test
  void incompatibleSettingsAreReportedTogether() {
    SettingLayers layers = new SettingLayers(KohyaOptions::new);
    layers.set("out", "x.safetensors", "test");
    layers.set("optimizer.name", "adanw", "test");
    layers.set("adapter.targets", List.of("atention"), "test");
    layers.set("loss.min_snr_gamma", 5L, "test");
    layers.set("loss.debiased_estimation", true, "test");
    RunValues values = layers.values();
    List<String> problems =
        assertThrows(RunProblems.class, () -> RunSettings.of(values)).problems();
    assertEquals(3, problems.size(), problems::toString);
  }
}
