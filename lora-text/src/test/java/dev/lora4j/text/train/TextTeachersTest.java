package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.StudentFactors;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.TrainingInterrupted;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TaughtText;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextExample;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.evaluate.Divergence;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.JensenShannonDivergence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.RandomLora;
import dev.lora4j.text.pipeline.SmallModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on what adapters say next. */
class TextTeachersTest {
  private static final JensenShannonDivergence JSD = JensenShannonDivergence.DEFAULT;

  @TempDir private static Path shared;
  private static Lora4j lora;
  private static LanguageModel model;
  private static Adapter one;
  private static Adapter two;

  @TempDir private Path temporary;

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    model = LanguageModel.open(lora, SmallModel.write(shared.resolve("model")));
    one = RandomLora.of(model, "one", 1, "_proj");
    two = RandomLora.of(model, "two", 2, "self_attn");
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  private static List<TaughtText> texts(String... texts) {
    List<TextExample> all = Stream.of(texts).<TextExample>map(TextExample.Plain::new).toList();
    return model
        .sequences(
            new TextDataSet(TextForm.TEXT, all),
            new SequenceLimits(32, SequenceLimits.Longer.CUT, false))
        .sequences()
        .stream()
        .map(TaughtText::of)
        .toList();
  }

  private static TextTeacher first() {
    return new TextTeacher(
        one, 0.5, "", texts("The cat sat on the mat.", "The cat ran."), texts("The dog sat."));
  }

  private static TextTeacher second() {
    return new TextTeacher(
        two, 1, "two", texts("The dog ran to the cat.", "A mat."), texts("The mat ran."));
  }

  private static StudentFactors start(int rank, List<TextTeacher> teachers) {
    return new StudentFactors(
        List.copyOf(model.base().sites().all()),
        TextModel.MODEL,
        teachers.stream().map(t -> new StudentFactors.Teacher(t.adapter(), t.weight())).toList(),
        rank,
        rank,
        3);
  }

  private static TextTrainer trainer(
      int steps, int batch, Adapter begin, int rank, List<TextTeacher> teachers) {
    AdapterRecipe recipe =
        AdapterRecipe.DEFAULT.targets(TargetLayers.matching()).from(begin).rank(rank, rank);
    return TextTrainer.on(
            model, TextTrainingSettings.DEFAULT.with(recipe).steps(steps, 5e-3).batch(batch))
        .teachers(teachers, JSD);
  }

  private static TextTrainer trainer(int steps, int batch) {
    List<TextTeacher> teachers = List.of(first(), second());
    return trainer(steps, batch, start(4, teachers).fresh("student"), 4, teachers);
  }

  @Test
  void studentThatIsItsTeacherHasNoLoss() {
    List<TextTeacher> alone = List.of(first());
    Adapter same = start(RandomLora.RANK, alone).merged(model.scope(), "student");
    TrainedText trained = trainer(1, 2, same, RandomLora.RANK, alone).run(done -> {});
    assertEquals(0, trained.losses().get(0), 1e-6);
    Adapter fresh = start(RandomLora.RANK, alone).fresh("student");
    TrainedText far = trainer(1, 2, fresh, RandomLora.RANK, alone).run(done -> {});
    assertTrue(far.losses().get(0) > 1e-3, "begins at the base");
  }

  @Test
  void studentComesNearerToEachTeacherThanItsBeginning() {
    List<TextTeacher> teachers = List.of(first(), second());
    Adapter merge = start(6, teachers).merged(model.scope(), "student");
    TrainedText trained = trainer(60, 4, merge, 6, teachers).run(done -> {});
    for (TextTeacher teacher : teachers) {
      double before = distance(teacher, merge);
      double after = distance(teacher, trained.adapter());
      assertTrue(after < before / 2, teacher.adapter().name() + " " + before + " to " + after);
    }
  }

  private static double distance(TextTeacher teacher, Adapter student) {
    Divergence found =
        Divergence.of(
            model, teacher.learned(), teacher.plan(), MixPlan.of(student, 1), JSD, done -> {});
    assertEquals(
        teacher.learned().stream().mapToInt(t -> t.student().learned()).sum(), found.tokens());
    return found.value();
  }

  /** Rows of one batch with different teachers are as many batches of one row. */
  @Test
  void mixedBatchIsItsRows() {
    float[][] found = new float[2][2];
    trainer(1, 4).run(done -> told(done.loss(), done.gradientNorm(), found[0]));
    TextTrainer whole = trainer(1, 1);
    TextTrainingSettings settings = whole.settings();
    TextTrainer parts =
        TextTrainer.on(model, settings.with(settings.training().withAccumulation(4)))
            .teachers(List.of(first(), second()), JSD);
    parts.run(done -> told(done.loss(), done.gradientNorm(), found[1]));
    assertEquals(found[0][0], found[1][0], 1e-5 * found[0][0]);
    assertEquals(found[0][1], found[1][1], 1e-4 * found[0][1]);
    assertTrue(found[0][1] > 0);
  }

  private static void told(float loss, float norm, float[] to) {
    to[0] = loss;
    to[1] = norm;
  }

  private static CheckpointPolicy keeping(Path folder, boolean resume) {
    return CheckpointPolicy.NOTHING.in(folder).every(3).resume(resume).validateEvery(3);
  }

  @Test
  void resumedRunHasTheSameBits() {
    String whole = trainer(8, 2).run(done -> {}).adapter().identity();
    Path folder = temporary.resolve("checkpoints");
    assertThrows(
        TrainingInterrupted.class,
        () ->
            trainer(8, 2)
                .keeping(keeping(folder, false))
                .run(
                    done -> {
                      if (done.step() == 5) {
                        Thread.currentThread().interrupt();
                      }
                    }));
    Thread.interrupted();
    TextTrainer same = trainer(8, 2).keeping(keeping(folder, true));
    assertEquals(whole, same.run(done -> {}).adapter().identity());

    TextTeacher louder = new TextTeacher(two, 2, "two", second().learned(), second().heldOut());
    refused("teachers (was ", trainer(8, 2).teachers(List.of(first(), louder), JSD), folder);
    JensenShannonDivergence forward = new JensenShannonDivergence(0, 1);
    refused(
        "divergence (was ", trainer(8, 2).teachers(List.of(first(), second()), forward), folder);
    TokenSequence student = first().learned().get(0).student();
    int[] other = student.ids().clone();
    other[0]++;
    TokenSequence own = new TokenSequence(other, student.counted(), new int[0], -1);
    TextTeacher read =
        new TextTeacher(
            one,
            0.5,
            "",
            List.of(new TaughtText(own, student), first().learned().get(1)),
            first().heldOut());
    refused(
        "texts of teachers (was ", trainer(8, 2).teachers(List.of(read, second()), JSD), folder);
  }

  private static void refused(String what, TextTrainer changed, Path folder) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> changed.keeping(keeping(folder, true)).run(done -> {}));
    assertTrue(String.valueOf(e.getMessage()).contains(what), e.getMessage());
  }

  @Test
  void headerNamesTeachersTheirWordsAndTheDivergence() {
    var header = trainer(1, 2).run(done -> {}).adapter().metadata();
    String teachers = String.valueOf(header.get("lora4j_teachers"));
    assertTrue(teachers.contains(one.identity()) && teachers.contains("\"weight\":0.5"), teachers);
    assertEquals("two", header.get("modelspec.trigger_phrase"));
    assertTrue(String.valueOf(header.get("lora4j_divergence")).contains("0.5"));
  }

  @Test
  void wrongTeachersAreRefused() {
    List<TaughtText> some = first().learned();
    assertThrows(
        IllegalArgumentException.class, () -> new TextTeacher(one, 0, "", some, List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new TextTeacher(one, Double.NaN, "", some, List.of()));
    assertThrows(
        IllegalArgumentException.class, () -> new TextTeacher(one, 1, "", List.of(), List.of()));
    assertThrows(IllegalArgumentException.class, () -> trainer(1, 1).teachers(List.of(), JSD));
    TokenSequence longer = some.get(0).own();
    TokenSequence shorter = some.get(1).own();
    assertThrows(IllegalArgumentException.class, () -> new TaughtText(longer, shorter));
  }

  /** Texts that a trainer gets after its teachers are nobody's. */
  @Test
  void textsOfNobodyAreRefused() {
    TextTrainer strange =
        trainer(1, 1).sequences(List.of(first().learned().get(0).own()), List.of());
    RuntimeException e = assertThrows(RuntimeException.class, () -> strange.run(done -> {}));
    assertTrue(String.valueOf(e.getMessage()).contains("No teacher has"), e.getMessage());
  }
}
