package dev.lora4j.diffusion.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Betas;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Sigmas;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Spacing;
import dev.lora4j.spi.InstalledContract;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every sampler, spacing and spread of levels against diffusers, on a network that is a formula.
 */
class SamplersTest {
  private static final TensorStore GOLDEN =
      TensorStore.open(Path.of("src/test/resources/samplers.safetensors"));
  private static final double CLOSE = 5e-5;
  private static final int VALUES = 64;

  @AfterAll
  static void close() {
    GOLDEN.close();
  }

  static Stream<String> cases() {
    return GOLDEN.tensors().keySet().stream()
        .filter(k -> k.endsWith(".last"))
        .map(k -> k.substring(0, k.length() - ".last".length()))
        .sorted();
  }

  /** What the words of a case's name say. */
  private record Case(Sampler sampler, NoiseSchedule schedule, int steps) {
    static Case of(String name) {
      List<String> words = List.of(name.split("/", -1));
      Sampler sampler = Samplers.named(words.get(0));
      SchedulerConfig config =
          new SchedulerConfig(
              1000,
              Betas.SCALED_LINEAR,
              0.00085,
              0.012,
              Prediction.V_PREDICTION,
              Spacing.TRAILING,
              1,
              false);
      if (words.get(1).equals("flow")) {
        return new Case(sampler, flow(Double.parseDouble(words.get(2))), last(words));
      }
      if (words.get(1).equals("zero-snr")) {
        return new Case(sampler, new NoiseSchedule(config.withZeroTerminalSnr()), 7);
      }
      config =
          new SchedulerConfig(
                  1000,
                  Betas.SCALED_LINEAR,
                  0.00085,
                  0.012,
                  Prediction.named(words.get(1)),
                  Spacing.named(words.get(2)),
                  1,
                  false)
              .with(Sigmas.valueOf(words.get(3).toUpperCase(Locale.ROOT)));
      return new Case(sampler, new NoiseSchedule(config), last(words));
    }

    private static int last(List<String> words) {
      return Integer.parseInt(words.get(words.size() - 1));
    }

    List<NoiseLevel> levels() {
      return sampler.levels(schedule, steps);
    }

    /** Whether diffusers divides this sampler's latents by what is left of the signal. */
    boolean divided() {
      return !schedule.flow() && List.of("euler", "euler-a", "heun").contains(sampler.name());
    }
  }

  private static NoiseSchedule flow(double shift) {
    return new NoiseSchedule(
        new SchedulerConfig(
            1000,
            Betas.LINEAR,
            0.0001,
            0.02,
            Prediction.FLOW,
            Spacing.TRAILING,
            0,
            true,
            false,
            Sigmas.SCHEDULE,
            shift));
  }

  @Test
  void samplersFulfilTheExtensionContract() {
    InstalledContract.check(Sampler.class);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void levelsAreThoseOfDiffusers(String name) {
    Case c = Case.of(name);
    List<Double> asked = new ArrayList<>();
    sample(c, new ArrayList<>(), asked);
    float[] timesteps = golden(name + ".timesteps");
    assertEquals(timesteps.length, asked.size());
    for (int i = 0; i < timesteps.length; i++) {
      assertEquals(timesteps[i], asked.get(i), 2e-3, name + ", timestep " + i);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void latentsAreThoseOfDiffusers(String name) {
    Case c = Case.of(name);
    List<float[]> after = new ArrayList<>();
    sample(c, after, new ArrayList<>());
    List<NoiseLevel> levels = c.levels();
    if (!c.sampler().name().equals("heun")) { // whose first step is two of diffusers'
      assertClose(name + ".first", after.get(0), c.divided() ? levels.get(1).signal() : 1);
    }
    assertClose(
        name + ".last",
        after.get(after.size() - 1),
        c.divided() ? levels.get(c.steps()).signal() : 1);
  }

  /** All runs begin with the same numbers as the golden's, and go on with those that follow. */
  private static void sample(Case c, List<float[]> after, List<Double> asked) {
    TorchRandom random = new TorchRandom(5);
    float[] noise = random.randn(VALUES);
    double start = c.sampler().start(c.schedule(), c.levels());
    for (int i = 0; i < VALUES; i++) {
      noise[i] = (float) (noise[i] * start);
    }
    SamplingRun run =
        new SamplingRun(
            c.schedule(),
            c.levels(),
            0,
            (x, level, step) -> {
              asked.add(level.timestep());
              return denoised(c.schedule(), x, level);
            },
            () -> random.randn(VALUES),
            (step, x) -> {
              after.add(x.clone());
              return x;
            });
    c.sampler().sample(run, noise);
  }

  private static float[] denoised(NoiseSchedule schedule, float[] x, NoiseLevel level) {
    float[] denoised = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      double predicted = 0.6 * Math.sin(2 * x[i] + level.timestep() / 300) + 0.3 * x[i];
      denoised[i] = (float) schedule.config().prediction().denoised(x[i], predicted, level);
    }
    return denoised;
  }

  private static void assertClose(String name, float[] found, double signal) {
    float[] expected = golden(name);
    double scale = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      scale = Math.max(scale, Math.abs(expected[i]));
      worst = Math.max(worst, Math.abs(expected[i] - found[i] / signal));
    }
    assertTrue(worst <= CLOSE * scale, name + ": " + worst / scale + " of the scale");
  }

  private static float[] golden(String key) {
    var info = GOLDEN.tensors().get(key);
    double[] doubles = HostTensor.of(info.dtype(), info.shape(), GOLDEN.read(key)).doubles();
    float[] floats = new float[doubles.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) doubles[i];
    }
    return floats;
  }

  /** A run that begins in the middle is the rest of the whole run, where no memory is involved. */
  @Test
  void samplingMayStartAtALaterStep() {
    Case c = Case.of("euler/epsilon/leading/schedule/7");
    List<float[]> whole = new ArrayList<>();
    sample(c, whole, new ArrayList<>());
    SamplingRun rest =
        new SamplingRun(
            c.schedule(),
            c.levels(),
            3,
            (x, level, step) -> denoised(c.schedule(), x, level),
            () -> new float[VALUES],
            (step, x) -> x);
    float[] found = c.sampler().sample(rest, whole.get(2));
    assertArrayEquals(whole.get(6), found);
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new SamplingRun(
                c.schedule(), c.levels(), 7, rest.denoiser(), rest.noise(), rest.after()));
  }

  /** What more steps lead to is the same for all; the limit is taken from Heun's. */
  @ParameterizedTest
  @ValueSource(strings = {"euler", "heun", "dpmpp-2m", "unipc"})
  void flowSamplersConvergeToTheSameLimit(String name) {
    NoiseSchedule schedule = flow(1);
    float[] limit = last(new Case(new Heun(), schedule, 1000));
    double few = distance(limit, last(new Case(Samplers.named(name), schedule, 20)));
    double many = distance(limit, last(new Case(Samplers.named(name), schedule, 200)));
    assertTrue(many < few / 4, "20 steps " + few + ", 200 steps " + many);
  }

  private static float[] last(Case c) {
    List<float[]> after = new ArrayList<>();
    sample(c, after, new ArrayList<>());
    return after.get(after.size() - 1);
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.pow(a[i] - b[i], 2);
    }
    return Math.sqrt(sum);
  }

  @Test
  void varianceNoiseSamplersRefuseAFlow() {
    for (String name : List.of("ddim", "ddpm", "euler-a", "dpmpp-2m-sde", "lcm", "tcd")) {
      Exception refused =
          assertThrows(
              IllegalArgumentException.class, () -> Samplers.named(name).levels(flow(1), 5));
      assertTrue(String.valueOf(refused.getMessage()).contains(name), refused.getMessage());
    }
  }

  @Test
  void sigmaSchedulesAreRefusedWhereIgnored() {
    for (Sampler sampler : Samplers.all()) {
      SigmaSchedule.TRAILING.requireFollowedBy(sampler);
      if (!sampler.spreadsLevels()) {
        assertThrows(
            IllegalArgumentException.class, () -> SigmaSchedule.KARRAS.requireFollowedBy(sampler));
      } else {
        NoiseSchedule schedule = Case.of("euler/epsilon/leading/schedule/7").schedule();
        List<NoiseLevel> plain = sampler.levels(schedule, 7);
        for (SigmaSchedule law :
            List.of(SigmaSchedule.KARRAS, SigmaSchedule.EXPONENTIAL, SigmaSchedule.TRAILING)) {
          assertNotEquals(plain, sampler.levels(law.of(schedule), 7), law.text());
        }
      }
    }
  }

  @Test
  void tooManyStepsAreRefused() {
    NoiseSchedule schedule = Case.of("euler/zero-snr").schedule();
    for (Sampler sampler : Samplers.all()) {
      assertThrows(IllegalArgumentException.class, () -> sampler.levels(schedule, 0));
      assertThrows(IllegalArgumentException.class, () -> sampler.levels(schedule, 1001));
    }
  }
}
