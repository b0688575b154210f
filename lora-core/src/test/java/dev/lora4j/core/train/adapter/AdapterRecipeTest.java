package dev.lora4j.core.train.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.dora.DoraTraining;
import dev.lora4j.core.adapter.training.CalibrationSettings;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.ToolConvention;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What recipes mean for a model, and what is said of those that mean nothing. */
class AdapterRecipeTest {
  private static final AdapterRecipe LORA =
      AdapterRecipe.DEFAULT.targets(TargetLayers.of(TargetPreset.ALL)).rank(4, 2);

  private static String problems(Runnable made) {
    String message = assertThrows(IllegalArgumentException.class, made::run).getMessage();
    assertTrue(message.endsWith("."), message);
    return message;
  }

  private static void requireAll(String message, String... parts) {
    for (String part : parts) {
      assertTrue(message.contains(part), () -> part + " is missing in: " + message);
    }
  }

  private static SiteRecipe at(AdapterRecipe recipe, String end) {
    return recipe.plan(SmallNet.sites()).sites().entrySet().stream()
        .filter(e -> e.getKey().name().endsWith(end))
        .findFirst()
        .orElseThrow()
        .getValue();
  }

  @Test
  void valuesOutOfRangeAreReportedTogether() {
    String message =
        problems(
            () ->
                new AdapterRecipe(
                    new DoraTraining("loha", ToolConvention.LYCORIS, true),
                    LORA.targets(),
                    0,
                    Double.NaN,
                    LORA.convRank(),
                    LORA.convAlpha(),
                    List.of(SiteOverride.of("to_q", -1, 0)),
                    List.of(),
                    FactorInit.PISSA,
                    false,
                    new Dropouts(1, 0.1, 0, 0),
                    Optional.empty(),
                    CalibrationSettings.DEFAULT));
    requireAll(
        message,
        "rank must be at least 1, found 0",
        "alpha must be above 0 and finite, found NaN",
        "rank of to_q must be at least 1, found -1",
        "alpha of to_q must be above 0 and finite, found 0.0",
        "input dropout must be at least 0 and below 1, found 1.0",
        "the method dora has no network dropout, only [input, module]",
        "the method dora cannot begin as pissa");
  }

  @Test
  void mismatchesWithTheModelAreReportedTogether() {
    TargetLayers targets =
        TargetLayers.of(TargetPreset.TEXT_ENCODERS)
            .and(TargetLayers.matching("to_qq", "to_q", "norm"))
            .without("conv9");
    AdapterRecipe recipe =
        LORA.targets(targets).overrides(List.of(SiteOverride.rank("attn1.to_vv", 2)));
    requireAll(
        problems(() -> recipe.plan(SmallNet.sites())),
        "the preset text-encoders means none of its layers, as all, attention,",
        "to_qq matches no layer; the nearest names are to_q",
        "norm matches only layers that the method lora cannot train",
        "of kind NORM",
        "conv9 excludes none of the chosen layers; the nearest names are conv1",
        "the override for attn1.to_vv means no chosen layer",
        "attn1.to_v");
  }

  @Test
  void aRecipeWithoutLayersIsRefused() {
    requireAll(
        problems(() -> LORA.targets(TargetLayers.matching()).plan(SmallNet.sites())),
        "it names no layers to train");
    requireAll(
        problems(() -> TargetLayers.matching("re:to_(q")), "re:to_(q is no regular expression");
    requireAll(problems(() -> TargetLayers.matching(" ")), "is empty; write for example to_q");
    requireAll(
        problems(() -> TargetPreset.named("atention")), "Did you mean attention? There are all, ");
  }

  @Test
  void untrainableAdapterPartsAreReportedByKind() {
    AdapterRecipe loha =
        LORA.method(TrainableMethods.named("loha", Map.of()))
            .targets(TargetLayers.matching("to_q", "to_v"));
    StagedAdapter net = TrainedNet.staged(loha.plan(SmallNet.sites()));
    try (Engine engine = Engine.open()) {
      float[] flat = net.initial(engine.scope("old"), 1, site -> fail(site.name()));
      Map<String, List<Factors>> factors = net.factors(flat, flat, DType.F32);
      factors.put("unet.elsewhere", factors.values().iterator().next());
      Adapter adapter = new Adapter("old", factors, Map.of());
      requireAll(
          problems(() -> LORA.from(adapter).plan(SmallNet.sites())),
          "old cannot be trained further at 2 of its layers, for example unet.down_blocks.0."
              + "attentions.0.transformer_blocks.0.attn1.to_q: it has loha there, which the"
              + " method lora with its settings does not train",
          "old cannot be trained further at 1 of its layers, for example unet.elsewhere: this"
              + " model has no such layer");
      factors.remove("unet.elsewhere");
      Adapter fitting = new Adapter("old", factors, Map.of());
      AdapterRecipe going = loha.from(fitting);
      requireAll(
          problems(() -> going.targets(going.targets().without("to_q")).plan(SmallNet.sites())),
          "what is excluded would lose 1 layers of the adapter that it begins with");
      requireAll(
          problems(
              () -> going.overrides(List.of(SiteOverride.rank("to_v", 2))).plan(SmallNet.sites())),
          "the override for to_v means only layers whose rank and alpha are those of the adapter");
      assertEquals(4, at(going.rank(9, 9), "to_v").rank());
    }
  }

  @Test
  void pissaRankAboveTheWeightsIsRefused() {
    requireAll(
        problems(() -> LORA.rank(9, 9).start(FactorInit.PISSA).plan(SmallNet.sites())),
        "init = pissa takes singular directions of the weight",
        "the rank 9 is more");
  }

  @Test
  void oloraIsRefusedForConvolutionsAndRanksAboveTheWeights() {
    AdapterRecipe olora = LORA.start(FactorInit.OLORA);
    requireAll(
        problems(() -> olora.targets(TargetLayers.of(TargetPreset.ALL)).plan(SmallNet.sites())),
        "init = olora is for linear layers",
        "is a convolution",
        "init = pissa");
    requireAll(
        problems(
            () -> olora.targets(TargetLayers.matching("to_q")).rank(9, 9).plan(SmallNet.sites())),
        "init = olora takes orthonormal directions of the weight",
        "the rank 9 is more");
    requireAll(
        problems(() -> olora.method(TrainableMethods.named("dylora", Map.of()))),
        "the method dylora cannot begin as olora");
  }

  @Test
  void unknownMethodsAndOptionsAreRefusedWithAlternatives() {
    requireAll(
        problems(() -> TrainableMethods.named("lycoris", Map.of())),
        "There is no TrainableMethod 'lycoris'",
        "There are adalora, boft, diag-oft, dora, dylora, full, gralora, hira, hydra, ia3, loha, lokr, lora, lora-fa, miss, mora, oft, rank-growth, relora, shira, sparse-lora, tlora, vera");
    requireAll(
        problems(() -> TrainableMethods.named("lokr", Map.of("factors", "8"))),
        "lokr: has no setting factors, did you mean factor? It has factor, full_matrix, decompose_both");
    requireAll(
        problems(() -> TrainableMethods.named("lokr", Map.of("factor", "big"))),
        "factor takes a whole number of at least -1, found 'big'");
    requireAll(
        problems(() -> TrainableMethods.named("dora", Map.of("wd_on_out", "yes"))),
        "wd_on_out takes true or false, found 'yes'");
    requireAll(
        problems(() -> TrainableMethods.named("ia3", Map.of("convention", "kohya"))),
        "convention takes one of lycoris, peft, found 'kohya'");
    requireAll(
        problems(() -> TrainableMethods.named("dora", Map.of("inner", "ia3"))),
        "DoRA goes around a method that trains a sum, and ia3 is none");
    requireAll(
        problems(() -> TrainableMethods.named("dora", Map.of("inner", "lokr:factor=0"))),
        "lokr: LoKr's factor is -1 or at least 1, found 0");
    requireAll(
        problems(
            () ->
                TrainableMethods.named(
                    "dora", new TreeMap<>(Map.of("convention", "peft", "wd_on_out", "false")))),
        "PEFT's DoRA has its lengths by output");
    requireAll(
        problems(
            () ->
                TrainableMethods.named(
                    "full", new TreeMap<>(Map.of("weight", "false", "bias", "false")))),
        "there is nothing to train");
  }

  /** alpha / rank, or alpha / sqrt(rank), is what the effect is multiplied by. */
  @ParameterizedTest
  @CsvSource({"64, 16, false, 0.25, 16", "64, 16, true, 2, 128", "16, 16, true, 4, 64"})
  void scalesAndStoredAlphas(int rank, double alpha, boolean root, double scale, double stored) {
    AdapterRecipe recipe = LORA.rank(rank, alpha).rankStabilised(root);
    Site site = Site.linear("unet.to_q", Shape.of(320, 320), false);
    SiteRecipe one =
        recipe.targets(TargetLayers.matching("to_q")).plan(List.of(site)).sites().get(site);
    assertEquals(scale, one.scale(), 1e-12);
    assertEquals(stored, one.storedAlpha(rank), 1e-12);
    assertEquals(scale, recipe.method().scale(site, one), 1e-12);
  }

  /** Readers divide the alpha of a file by its rank, which PiSSA doubles. */
  @Test
  void storedAlphaKeepsTheScaleAtStoredRank() {
    AdapterRecipe recipe = LORA.rankStabilised(true).start(FactorInit.PISSA);
    StagedAdapter adapter = TrainedNet.staged(recipe.plan(SmallNet.sites()));
    float[] flat = new float[(int) adapter.layout().length()];
    Factors factors =
        adapter.factors(flat, flat, DType.F16).get(SmallNet.sites().get(0).name()).get(0);
    assertEquals(Map.of("alpha", "8.0"), factors.settings());
    assertTrue(
        factors.tensors().values().stream().allMatch(t -> t.dtype() == DType.F16), "stored as F16");
  }

  @Test
  void convolutionsHaveTheirOwnRankAndAlpha() {
    AdapterRecipe recipe = LORA.convolutions(2, 3);
    assertEquals(new SiteRecipe(2, 3, false, FactorInit.KAIMING), at(recipe, "conv1"));
    assertEquals(new SiteRecipe(4, 2, false, FactorInit.KAIMING), at(recipe, "proj_in"));
    assertEquals(new SiteRecipe(4, 2, false, FactorInit.KAIMING), at(recipe, "to_q"));
  }

  @Test
  void firstMatchingOverrideOfRankAndAlphaCounts() {
    AdapterRecipe recipe =
        LORA.overrides(
            List.of(
                SiteOverride.rank("attn1.to_q", 8),
                SiteOverride.of("re:.*attn1.*", 6, 5),
                SiteOverride.alpha("*conv1", 7)));
    assertEquals(new SiteRecipe(8, 5, false, FactorInit.KAIMING), at(recipe, "to_q"));
    assertEquals(new SiteRecipe(6, 5, false, FactorInit.KAIMING), at(recipe, "to_v"));
    assertEquals(new SiteRecipe(4, 7, false, FactorInit.KAIMING), at(recipe, "conv1"));
    assertEquals(new SiteRecipe(4, 2, false, FactorInit.KAIMING), at(recipe, "ff.net.2"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void overriddenRankKeepsTheScaleOfItsLayer(boolean root) {
    AdapterRecipe usual = LORA.convolutions(2, 3).rankStabilised(root);
    AdapterRecipe recipe =
        usual.overrides(
            List.of(
                SiteOverride.scaled("to_q", 9),
                SiteOverride.scaled("conv1", 8),
                SiteOverride.scaled("to_v", 8),
                SiteOverride.alpha("to_v", 4)));
    assertEquals(9, at(recipe, "to_q").rank());
    assertEquals(at(usual, "to_q").scale(), at(recipe, "to_q").scale(), 1e-12);
    assertEquals(8, at(recipe, "conv1").rank());
    assertEquals(at(usual, "conv1").scale(), at(recipe, "conv1").scale(), 1e-12);
    assertEquals(new SiteRecipe(8, 4, root, FactorInit.KAIMING), at(recipe, "to_v"));
  }

  /** Without an alpha of their own. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void convolutionsOfAnotherRankKeepTheScale(boolean root) {
    AdapterRecipe recipe =
        new AdapterRecipe(
            LORA.method(),
            LORA.targets(),
            4,
            2,
            OptionalInt.of(16),
            OptionalDouble.empty(),
            List.of(),
            List.of(),
            FactorInit.KAIMING,
            root,
            Dropouts.NONE,
            Optional.empty(),
            CalibrationSettings.DEFAULT);
    assertEquals(16, at(recipe, "conv1").rank());
    assertEquals(at(recipe, "to_q").scale(), at(recipe, "conv1").scale(), 1e-12);
  }

  @Test
  void shadowedOverrideIsAProblem() {
    AdapterRecipe recipe =
        LORA.overrides(
            List.of(
                SiteOverride.scaled("*attn1*", 8),
                SiteOverride.scaled("to_q", 2),
                SiteOverride.alpha("to_q", 4)));
    String message = problems(() -> recipe.plan(SmallNet.sites()));
    requireAll(message, "the rank of to_q is that of no layer", "*attn1* before; put it first");
    assertFalse(message.contains("alpha"), message);
  }

  @Test
  void excludedLayersAreNotTrained() {
    AdapterPlan plan =
        LORA.targets(TargetLayers.of(TargetPreset.ALL).without("to_v", "down_blocks.*.resnets.*"))
            .plan(SmallNet.sites());
    assertEquals(
        List.of("proj_in", "to_q", "2"),
        plan.sites().keySet().stream().map(s -> s.name().replaceAll(".*\\.", "")).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"text-encoders", "TEXT_ENCODERS", "text_encoders"})
  void presetNamesAllowOtherSpellings(String name) {
    assertEquals(TargetPreset.TEXT_ENCODERS, TargetPreset.named(name));
  }

  /** Also as PEFT's init_lora_weights says it. */
  @ParameterizedTest
  @CsvSource({
    "kaiming, KAIMING",
    "true, KAIMING",
    "default, KAIMING",
    "gaussian, GAUSSIAN",
    "Orthogonal, ORTHOGONAL",
    "pissa, PISSA",
    "olora, OLORA",
    "pissa_niter_16, PISSA",
    "lora-ga, LORA_GA",
    "corda, CORDA"
  })
  void initialisationNamesAllowOtherSpellings(String name, FactorInit start) {
    assertEquals(start, FactorInit.named(name));
    requireAll(
        problems(() -> FactorInit.named("mica")),
        "called mica; there are kaiming, gaussian, orthogonal, pissa, olora, loftq, eva, lora_ga, corda");
  }
}
