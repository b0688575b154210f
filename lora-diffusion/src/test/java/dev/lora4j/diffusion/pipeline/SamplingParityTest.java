package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.BlockWeights;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.SiteWeights;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.clip.EmbeddingTokens;
import dev.lora4j.diffusion.conditioning.Conditioning;
import dev.lora4j.diffusion.denoising.Generation;
import dev.lora4j.diffusion.denoising.MixedNetworks;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.Sampler;
import dev.lora4j.diffusion.sampling.Samplers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole runs, with and without adapters, against diffusers and peft. */
class SamplingParityTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final TinySd TINY = new TinySd();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final double CLOSE = 1e-5;
  private static final int STEPS = 6;
  private static final String PROMPT = "A red fox, drawn with ink, isn't it? 12 cafés 🦊";

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
    TINY.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ddim", "euler"})
  void levelsAreThoseOfDiffusers(String name) {
    Sampler sampler = Samplers.named(name);
    List<NoiseLevel> levels = sampler.levels(SD.base().schedule(), STEPS);
    float[] timesteps = TINY.floats(name + ".timesteps");
    for (int i = 0; i < STEPS; i++) {
      assertEquals(timesteps[i], levels.get(i).timestep());
    }
    if (name.equals("euler")) {
      float[] sigmas = TINY.floats("euler.sigmas");
      for (int i = 0; i <= STEPS; i++) {
        assertEquals(sigmas[i], levels.get(i).sigma(), 1e-5 * (1 + sigmas[i]));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ddim", "euler"})
  void latentsOfEveryStepAreThoseOfDiffusers(String name) {
    run(SD, name, name, MixPlan.NONE);
  }

  /** As SD 1.5 has it: the network predicts the noise, and timesteps lead. */
  @ParameterizedTest
  @ValueSource(strings = {"ddim", "euler"})
  void noisePredictionWithLeadingSpacing(String name, @TempDir Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(TinySd.FOLDER)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = folder.resolve(TinySd.FOLDER.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    Path config = folder.resolve("scheduler/scheduler_config.json");
    String text = Files.readString(config);
    Files.writeString(
        config, text.replace("v_prediction", "epsilon").replace("trailing", "leading"));
    try (StableDiffusion sd = StableDiffusion.open(LORA, folder)) {
      run(sd, name + "_eps", name, MixPlan.NONE);
    }
  }

  @Test
  void twoMergedAdaptersMatchDiffusers() {
    run(SD, "lora.ddim", "ddim", mix(Weight.of(0.7), Weight.of(0.4)));
  }

  private static MixPlan mix(Weight one, Weight two) {
    return MixPlan.of(adapter("lora-kohya"), one).with(adapter("lora-kohya-2"), two);
  }

  private static Adapter adapter(String name) {
    return SD.adapter(TinySd.FOLDER.resolve(name + ".safetensors"));
  }

  private static void run(StableDiffusion sd, String golden, String samplerName, MixPlan mix) {
    Prompt prompt = Prompt.of(PROMPT).steps(STEPS).guidance(3).sampler(samplerName).mix(mix);
    try (Scope scope = sd.scope().child("test")) {
      Generation generation =
          new Generation(scope, sd.base(), sd.programs(), sd.tokenizers(), prompt);
      List<NoiseLevel> levels = Samplers.named(samplerName).levels(sd.base().schedule(), STEPS);
      generation.run(
          TINY.floats("sample.latents"),
          () -> fail("neither of the samplers adds noise"),
          (step, x) -> {
            // diffusers divides Euler's latents by what is left of the signal.
            double signal = samplerName.equals("ddim") ? 1 : levels.get(step + 1).signal();
            float[] found = new float[x.length];
            for (int i = 0; i < x.length; i++) {
              found[i] = (float) (x[i] / signal);
            }
            TINY.assertClose(golden + ".step" + step, found, 5 * CLOSE);
            return x;
          });
    }
  }

  @Test
  void unmergedEqualsMerged() {
    MixPlan plan = mix(Weight.of(0.7), Weight.of(0.4));
    float[] inside = latents(plan.route(Route.MERGED));
    float[] beside = latents(plan.route(Route.UNMERGED));
    assertFalse(Arrays.equals(inside, beside), "the same way twice");
    assertSame(inside, beside);
  }

  /** Half of the weight in every block is half the weight; nothing in every block is the base. */
  @Test
  void blockWeightsScaleMergedAndUnmergedAdapters() {
    Adapter one = adapter("lora-kohya");
    Weight weight = Weight.of(0.8);
    for (Route route : List.of(Route.MERGED, Route.UNMERGED)) {
      MixPlan none = MixPlan.NONE.route(route);
      float[] expected = latents(none.with(one, 0.4));
      assertSame(expected, latents(none.with(one, weight, shares("BASE:.5,IN:.5,M:.5,OUT:.5"))));
      assertArrayEquals(
          latents(MixPlan.NONE), latents(none.with(one, weight, shares("IN:0,M:0,OUT:0"))));
      float[] some = latents(none.with(one, weight, shares("OUT:0")));
      assertFalse(Arrays.equals(expected, some));
      assertFalse(Arrays.equals(latents(MixPlan.NONE), some));
    }
    MixPlan some = MixPlan.NONE.with(one, weight, shares("IN:1.5,OUT00:-1"));
    assertSame(latents(some.route(Route.MERGED)), latents(some.route(Route.UNMERGED)));
  }

  private static SiteWeights shares(String text) {
    return BlockWeights.of(text, SD.sites());
  }

  private static void assertSame(float[] expected, float[] found) {
    float scale = 0;
    for (float v : expected) {
      scale = Math.max(scale, Math.abs(v));
    }
    assertArrayEquals(expected, found, (float) (2 * CLOSE * scale));
  }

  private static float[] latents(MixPlan mix) {
    try (Scope scope = SD.scope().child("test")) {
      Prompt prompt = Prompt.of(PROMPT).steps(STEPS).seed(3).mix(mix);
      return new Generation(scope, SD.base(), SD.programs(), SD.tokenizers(), prompt)
          .run(StepListener.NONE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"one_1.0", "one_0.7", "one_-0.5", "two_1.0", "one_0.7_two_0.4"})
  void mergedAndUnmergedDenoiserMatchesPeft(String name) {
    MixPlan plan = MixPlan.NONE;
    List<String> words = List.of(name.split("_", -1));
    for (int i = 0; i < words.size(); i += 2) {
      String file = words.get(i).equals("one") ? "lora-kohya" : "lora-kohya-2";
      plan = plan.with(adapter(file), Double.parseDouble(words.get(i + 1)));
    }
    for (MixPlan mix : List.of(plan.route(Route.MERGED), plan.route(Route.UNMERGED))) {
      try (Scope scope = SD.scope().child("test")) {
        MixedNetworks networks = new MixedNetworks(scope, SD.base(), SD.programs(), mix, 10);
        Tensor y =
            networks.unet(
                scope,
                Map.of(
                    "x", TINY.tensor(scope, "unet.x"),
                    "timesteps", TINY.tensor(scope, "unet.t"),
                    "context", TINY.tensor(scope, "text.last_hidden_state")),
                0);
        TINY.assertClose("lora." + name + ".y", y, CLOSE);
      }
    }
  }

  @Test
  void textEncoderWithAdapterIsPefts() {
    try (Scope scope = SD.scope().child("test")) {
      MixPlan mix = MixPlan.of(adapter("lora-kohya-2"), 0.4);
      MixedNetworks networks = new MixedNetworks(scope, SD.base(), SD.programs(), mix, 10);
      TINY.assertClose(
          "lora.two_0.4.text.last_hidden_state",
          networks
              .text(
                  scope,
                  SD.base().textEncoders().get(0),
                  HiddenLayer.LAST,
                  Map.of("ids", TINY.longs(scope, "text.ids")))
              .get(0),
          CLOSE);
    }
  }

  /** A long prompt is its chunks side by side, each seen as if it stood alone. */
  @Test
  void chunksAreEncodedIndependently() {
    try (Scope scope = SD.scope().child("test")) {
      MixedNetworks networks =
          new MixedNetworks(scope, SD.base(), SD.programs(), MixPlan.NONE, STEPS);
      Conditioning conditioning = new Conditioning(scope, networks.text(0), 0);
      float[] both = context(conditioning, "a fox BREAK a cat");
      float[] fox = context(conditioning, "a fox");
      float[] cat = context(conditioning, "a cat");
      assertArrayEquals(fox, Arrays.copyOf(both, fox.length), 1e-6f);
      assertArrayEquals(cat, Arrays.copyOfRange(both, fox.length, both.length), 1e-6f);
    }
  }

  /** A token of weight 2 is twice as large beside the others, and the mean stays. */
  @Test
  void weightsScaleTokensAndKeepTheMean() {
    try (Scope scope = SD.scope().child("test")) {
      MixedNetworks networks =
          new MixedNetworks(scope, SD.base(), SD.programs(), MixPlan.NONE, STEPS);
      Conditioning conditioning = new Conditioning(scope, networks.text(0), 0);
      float[] plain = context(conditioning, "a");
      float[] heavy = context(conditioning, "(a:2)");
      int width = 24;
      double factor = heavy[0] / plain[0];
      assertEquals(2, heavy[width] / plain[width] / factor, 1e-4);
      double before = 0;
      double after = 0;
      for (int i = 0; i < plain.length; i++) {
        before += plain[i];
        after += heavy[i];
      }
      assertEquals(before, after, 1e-3 * Math.abs(before));
    }
  }

  private static float[] context(Conditioning conditioning, String text) {
    return conditioning
        .of(SD.base(), SD.tokenizers(), List.of(text), EmbeddingTokens.NONE, false)
        .get("context")
        .floats();
  }

  @Test
  void tokensAreThoseOfTransformers() {
    float[] ids = TINY.floats("text.ids");
    PromptTokenizer tokenizer = SD.tokenizers().get(0);
    int[] found = tokenizer.framed(tokenizer.pieces(PROMPT));
    float[] asFloats = new float[found.length];
    for (int i = 0; i < found.length; i++) {
      asFloats[i] = found[i];
    }
    assertEquals(Arrays.toString(Arrays.copyOf(ids, found.length)), Arrays.toString(asFloats));
  }
}
