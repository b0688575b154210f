package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.run.AdapterStep;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.diffusion.TinyAdapters;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.TinyXl;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.train.objective.LatentSample;
import dev.lora4j.diffusion.train.objective.Objective;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch whose rows have teachers of their own is as many batches of one row. */
class TeacherLossTest {
  /** How far sums in F32 lie apart depends on the number of threads. */
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(2));

  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);

  private static final int RANK = 3;
  private static final Path INK = Path.of("ink");
  private static final Path GLOW = Path.of("glow");

  @TempDir private Path cached;

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  /** A LoRA of random numbers on linear layers and convolutions of all networks. */
  private static Adapter random(String name, long seed) {
    return random(SD, name, seed);
  }

  private static Adapter random(StableDiffusion sd, String name, long seed) {
    Random random = new Random(seed);
    Map<String, List<Factors>> sites = new HashMap<>();
    for (Site site : sd.base().sites().all()) {
      boolean kind = site.kind() == Site.Kind.LINEAR || site.kind() == Site.Kind.CONVOLUTION;
      if (kind && !site.name().startsWith("vae")) {
        sites.put(
            site.name(),
            List.of(
                LoraMath.factors(
                    numbers(LowRank.down(site, RANK), random, 0.3),
                    numbers(LowRank.up(site, RANK), random, 0.3),
                    RANK)));
      }
    }
    return new Adapter(name, sites, Map.of());
  }

  private static HostTensor numbers(Shape shape, Random random, double size) {
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (size * random.nextGaussian());
    }
    return HostTensor.of(shape, values);
  }

  private static TrainingSample sample(Path folder, int number, String caption) {
    return sample(SD, folder, number, caption);
  }

  private static TrainingSample sample(
      StableDiffusion sd, Path folder, int number, String caption) {
    int side = sd.base().sampleSize();
    Shape shape = Shape.of(sd.base().denoiser().inChannels(), side, side);
    float[] latents = new float[(int) shape.elements()];
    for (int i = 0; i < latents.length; i++) {
      latents[i] = (float) Math.sin(i + number);
    }
    return new TrainingSample(
        folder.resolve(number + ".png"),
        LatentSample.of(shape, latents),
        caption,
        true,
        TrainingSample.Sizes.own(64, 64));
  }

  private static StyleSettings settings(Adapter start) {
    AdapterRecipe recipe =
        AdapterRecipe.DEFAULT.targets(TargetLayers.of()).from(start).rank(RANK, RANK);
    return StyleSettings.DEFAULT.with(recipe).withStored(DType.F32);
  }

  /** The program of a step, with all that it holds. */
  private record Gradients(
      StyleInputs captions,
      Objective objective,
      TeacherLoss target,
      Program program,
      HeldInputs held) {
    /** Loss and gradient of a batch. */
    float[][] of(Scope scope, List<TrainingSample> samples, List<SampleDraw> draws) {
      List<Tensor> inputs = new ArrayList<>(captions.of(scope, samples));
      List<LatentSample> latents = samples.stream().map(TrainingSample::latents).toList();
      inputs.addAll(objective.batch(scope, latents, draws));
      inputs.addAll(target.inputs(scope, samples, draws));
      List<Tensor> out = program.run(scope, held, inputs);
      return new float[][] {out.get(0).floats(), out.get(1).floats()};
    }
  }

  private Gradients gradients(
      StableDiffusion sd, Scope scope, List<Teacher> teachers, StyleSettings settings) {
    AdapterPlan plan = settings.recipe().plan(sd.base().sites().all());
    ContentCache cache = new ContentCache(cached, DType.F32);
    StyleInputs captions = new StyleInputs(sd, new EncodedCaptions(sd, cache, 0), false);
    TeacherLoss target = new TeacherLoss(scope, sd, teachers, settings, cache);
    StyleTask task =
        new StyleTask(
            sd.base(),
            plan,
            settings,
            captions,
            new FixedSamples(List.of()),
            target,
            1,
            steps -> Map.of());
    AdapterStep step = new AdapterStep(scope, task, settings.training());
    Staging at =
        new Staging(new Graph(), task.compute(), task.groups(), plan, Staging.Purpose.TRAINING);
    TaskLoss staged = at.staged(task.loss(at));
    Program program =
        staged
            .parameters()
            .graph()
            .training(
                scope,
                List.of(staged.loss().detach(), staged.parameters().gradient(staged.loss())));
    Tensor flat = Tensor.of(scope, Shape.of(step.initial().length), step.initial());
    HeldInputs held =
        program.hold(
            scope,
            name ->
                step.layout()
                    .slot(name)
                    .map(s -> flat.view(scope, s.offset(), s.parameter().shape()))
                    .orElseGet(() -> step.held().apply(name)));
    return new Gradients(
        captions, new Objective(sd.base().schedule(), settings.objective()), target, program, held);
  }

  private static List<SampleDraw> draws(Gradients gradients, List<TrainingSample> samples) {
    List<SampleDraw> draws = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      draws.add(gradients.objective().draw(4, i, i, samples.size(), samples.get(i).latents()));
    }
    return draws;
  }

  private void rowsAreBatches(Teacher one, Teacher two, Adapter start) {
    try (Scope scope = SD.scope().child("rows")) {
      Gradients gradients = gradients(SD, scope, List.of(one, two), settings(start));
      List<TrainingSample> samples =
          List.of(sample(INK, 0, "zk, a fox"), sample(GLOW, 1, "a cat"), sample(INK, 2, ""));
      List<SampleDraw> draws = draws(gradients, samples);
      float[][] all = gradients.of(scope, samples, draws);
      double loss = 0;
      double[] sum = new double[all[1].length];
      for (int row = 0; row < samples.size(); row++) {
        float[][] alone = gradients.of(scope, List.of(samples.get(row)), List.of(draws.get(row)));
        loss += alone[0][0] / samples.size();
        for (int i = 0; i < sum.length; i++) {
          sum[i] += alone[1][i] / samples.size();
        }
      }
      assertEquals(loss, all[0][0], 1e-6 * loss);
      double greatest = 0;
      double apart = 0;
      for (int i = 0; i < sum.length; i++) {
        greatest = Math.max(greatest, Math.abs(sum[i]));
        apart = Math.max(apart, Math.abs(sum[i] - all[1][i]));
      }
      // Products of one row and of three sum in other orders, in F32.
      assertTrue(greatest > 0 && apart <= 1e-5 * greatest, apart + " of " + greatest);
      // The other teacher would be another target.
      List<TrainingSample> other = List.of(sample(GLOW, 0, "zk, a fox"));
      float[] swapped = gradients.of(scope, other, draws.subList(0, 1))[0];
      float[] own = gradients.of(scope, samples.subList(0, 1), draws.subList(0, 1))[0];
      assertNotEquals(own[0], swapped[0]);
    }
  }

  @Test
  void gradientsOfRowsAreThoseOfSeparateBatches() {
    Teacher ink = new Teacher(random("ink", 1), 0.8, INK, "", "zk");
    Teacher glow = new Teacher(random("glow", 2), -0.5, GLOW, "gl", "");
    Adapter start = new StudentStart(SD, List.of(ink, glow), RANK, RANK, 7).merged("student");
    rowsAreBatches(ink, glow, start);
  }

  @Test
  void teachersThatHaveToBeMergedPredictByThemselves() {
    Adapter dora = SD.adapter(TinyAdapters.FOLDER.resolve("sd-dora.safetensors"));
    Teacher ink = new Teacher(random("ink", 1), 1, INK, "", "");
    Teacher glow = new Teacher(dora, 1, GLOW, "", "");
    StudentStart student = new StudentStart(SD, List.of(ink, glow), RANK, RANK, 7);
    assertThrows(AdapterException.class, () -> student.merged("student"));
    Adapter start = new StudentStart(SD, List.of(ink), RANK, RANK, 7).merged("student");
    rowsAreBatches(ink, glow, start);
  }

  @Test
  void studentThatIsItsTeacherHasNoLoss() {
    sameHasNoLoss(SD);
  }

  @Test
  void teachersOfXlAreToldPooledTextAndSizes() {
    try (StableDiffusion xl = StableDiffusion.open(LORA, TinyXl.FOLDER)) {
      sameHasNoLoss(xl);
    }
  }

  private void sameHasNoLoss(StableDiffusion sd) {
    Adapter ink = random(sd, "ink", 1);
    Map<String, List<Factors>> denoiser = new HashMap<>(ink.sites());
    denoiser.keySet().removeIf(site -> !site.startsWith("unet."));
    Adapter bare = new Adapter("ink", denoiser, Map.of());
    Teacher teacher = new Teacher(bare, 0.5, INK, "", "zk");
    Adapter start = new StudentStart(sd, List.of(teacher), RANK, 2 * RANK, 7).merged("student");
    try (Scope scope = sd.scope().child("same")) {
      Gradients gradients = gradients(sd, scope, List.of(teacher), settings(start));
      List<TrainingSample> samples = List.of(sample(sd, INK, 0, "a fox"), sample(sd, INK, 1, ""));
      float[][] all = gradients.of(scope, samples, draws(gradients, samples));
      assertEquals(0, all[0][0], 1e-8);
      Adapter fresh = new StudentStart(sd, List.of(teacher), RANK, RANK, 7).fresh("student");
      Gradients far = gradients(sd, scope, List.of(teacher), settings(fresh));
      assertTrue(far.of(scope, samples, draws(far, samples))[0][0] > 1e-3, "begins at the base");
    }
  }

  @Test
  void directionsThatTeachersLackBeginAtRandomAndAddNothing() {
    Teacher teacher = new Teacher(random("ink", 1), 1, INK, "", "");
    Adapter wide = new StudentStart(SD, List.of(teacher), RANK + 2, 1, 7).merged("student");
    Adapter again = new StudentStart(SD, List.of(teacher), RANK + 2, 1, 7).merged("student");
    assertEquals(wide.identity(), again.identity());
    wide.sites()
        .forEach(
            (site, factors) -> {
              double[] up = factors.get(0).tensor(LoraMethod.UP).doubles();
              double[] down = factors.get(0).tensor(LoraMethod.DOWN).doubles();
              int width = down.length / (RANK + 2);
              assertTrue(down[down.length - 1] != 0 && down[RANK * width] != 0, site);
              for (int i = 0; i < up.length; i++) {
                assertTrue(i % (RANK + 2) < RANK || up[i] == 0, site);
              }
            });
  }

  @Test
  void captionsOfTeachersHaveTheirOwnWords() {
    Teacher teacher = new Teacher(random("ink", 1), 1, INK, "mystyle", "zk ink");
    assertEquals("mystyle, a fox", teacher.caption("zk ink, a fox"));
    assertEquals("mystyle", teacher.caption("zk ink"));
    assertEquals("", teacher.caption(""));
    assertEquals("a fox", new Teacher(random("i", 1), 1, INK, "", "zk").caption("zk, a fox"));
    assertEquals("a fox", new Teacher(random("i", 1), 1, INK, "", "zk").caption("a fox , zk"));
    assertEquals("my, fox", new Teacher(random("i", 1), 1, INK, "my", "zk").caption("fox, zk"));
    assertThrows(IllegalArgumentException.class, () -> new Teacher(random("i", 1), 0, INK, "", ""));
  }

  @Test
  void picturesOfNobodyAreNamed() {
    Teacher teacher = new Teacher(random("ink", 1), 1, INK, "", "");
    try (Scope scope = SD.scope().child("nobody")) {
      StyleSettings settings = settings(new StudentStart(SD, List.of(teacher), 2, 2, 0).fresh("s"));
      Gradients gradients = gradients(SD, scope, List.of(teacher), settings);
      List<TrainingSample> samples = List.of(sample(GLOW, 0, "a fox"));
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> gradients.of(scope, samples, draws(gradients, samples)));
      assertTrue(String.valueOf(e.getMessage()).contains("glow"), e.getMessage());
    }
  }

  @Test
  void teachersCannotShareTheirPictures() {
    Teacher ink = new Teacher(random("ink", 1), 1, INK, "", "");
    Teacher inside = new Teacher(random("glow", 2), 1, INK.resolve("more"), "", "");
    StyleTrainer trainer = StyleTrainer.on(SD);
    assertThrows(IllegalArgumentException.class, () -> trainer.teachers(List.of(inside, ink)));
    assertThrows(IllegalArgumentException.class, () -> trainer.teachers(List.of(ink, ink)));
  }
}
