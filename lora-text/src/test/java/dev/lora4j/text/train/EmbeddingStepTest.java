package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.text.data.MatchedText;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.pipeline.SentenceEncoder;
import dev.lora4j.text.pipeline.SmallClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Steps of a sentence encoder against sentence-transformers' loss and PEFT's model: {@code
 * embedding_pairs.py}.
 */
class EmbeddingStepTest {
  private static final String STEP = "step/";
  private static final String LOSS = "/loss";
  private static final int ROWS = 4;
  private static final int LONGEST = 11;

  @TempDir private static Path folder;
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(1));
  private static final ReferenceSteps GOLDEN = new ReferenceSteps("embedding-pairs.safetensors");
  private static SentenceEncoder mean;
  private static SentenceEncoder first;

  @BeforeAll
  static void open() throws IOException {
    mean = open("mean");
    first = open("cls");
  }

  private static SentenceEncoder open(String pooling) throws IOException {
    Path model = SmallClassifier.write("bert-plain", folder.resolve(pooling));
    Files.writeString(
        model.resolve("modules.json"), "[{\"path\":\"pooling\",\"type\":\"a.Pooling\"}]");
    Files.writeString(
        Files.createDirectories(model.resolve("pooling")).resolve("config.json"),
        "{\"pooling_mode\":\"" + pooling + "\"}");
    return SentenceEncoder.open(LORA, model, TextLoadOptions.in(DType.F64));
  }

  @AfterAll
  static void close() {
    mean.close();
    first.close();
    GOLDEN.close();
    LORA.close();
  }

  /** Texts of a column of a step: 0 are anchors, 1 positives, others negatives. */
  private static List<TokenSequence> column(int step, int column) {
    double[] ids = GOLDEN.numbers("ids");
    double[] lengths = GOLDEN.numbers("lengths");
    List<TokenSequence> rows = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      int at = (step * 4 + column) * ROWS + row;
      int length = (int) lengths[at];
      int[] own =
          Arrays.stream(ids, at * LONGEST, at * LONGEST + length).mapToInt(d -> (int) d).toArray();
      rows.add(new TokenSequence(own, new boolean[length], new int[0], -1));
    }
    return rows;
  }

  private static MatchedBatches matches(int step, int negatives) {
    List<MatchedText> all = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      int each = row;
      List<TokenSequence> others =
          IntStream.range(0, negatives).mapToObj(n -> column(step, 2 + n).get(each)).toList();
      all.add(new MatchedText(column(step, 0).get(row), column(step, 1).get(row), others));
    }
    return new MatchedBatches(all, List.of());
  }

  private static SequenceTask task(
      SentenceEncoder model, MatchedBatches texts, RankingObjective how) {
    AdapterPlan plan =
        AdapterRecipe.DEFAULT
            .targets(TargetLayers.matching("query", "value", "layer.*.dense"))
            .rank(2, 3)
            .plan(model.model().base().sites().all());
    return new SequenceTask(
        new MatchLoss(model, texts, how),
        plan,
        new SequenceBatches(texts.learned(), ROWS, 0, false),
        List.of());
  }

  private static Set<String> settings() {
    return GOLDEN.keys().stream()
        .filter(key -> key.startsWith(STEP) && key.endsWith(LOSS))
        .map(key -> key.substring(STEP.length(), key.length() - LOSS.length()))
        .collect(Collectors.toSet());
  }

  @Test
  void lossAndGradientsAreThoseOfSentenceTransformers() {
    Set<String> all = settings();
    assertEquals(9, all.size());
    for (String name : all) {
      String[] parts = name.split("\\|", -1);
      MatchedBatches texts = matches(0, Integer.parseInt(parts[0]));
      RankingObjective how =
          new RankingObjective(Double.parseDouble(parts[1]), Boolean.parseBoolean(parts[2]));
      SentenceEncoder model = parts[3].equals("cls") ? first : mean;
      try (Scope scope = model.model().scope().child(STEP)) {
        SequenceTask task = task(model, texts, how);
        TaskLoss program = ReferenceModel.staged(task);
        FlatLayout layout = program.factors().layout();
        GradientOf gradient =
            GradientOf.of(scope, program, task, layout, GOLDEN.flat("start", layout));
        gradient.run(task.together(List.of(texts.learned())).get(0).inputs(scope));
        double expected = GOLDEN.numbers(STEP + name + LOSS)[0];
        assertEquals(expected, gradient.loss(), 1e-9 * expected, name);
        GOLDEN.assertClose(STEP + name, "gradient", layout, gradient.values(), 1e-9, 1e-8);
      }
    }
  }

  @Test
  void stepsAreThoseOfTorch() {
    try (Scope scope = mean.model().scope().child("run")) {
      double[] losses = GOLDEN.numbers("run/losses");
      double[] norms = GOLDEN.numbers("run/norms");
      SequenceTask begin = task(mean, matches(0, 1), RankingObjective.DEFAULT);
      try (ReferenceRun run =
          ReferenceRun.of(scope, begin, layout -> GOLDEN.flat("start", layout))) {
        for (int i = 0; i < losses.length; i++) {
          MatchedBatches texts = matches(i, 1);
          try (Scope work = scope.child("batch")) {
            List<Tensor> batch =
                task(mean, texts, RankingObjective.DEFAULT)
                    .together(List.of(texts.learned()))
                    .get(0)
                    .inputs(work);
            TrainingRun.Outcome found = run.step(batch);
            assertEquals(losses[i], found.loss(), 2e-7 * losses[i], "step " + i);
            assertEquals(norms[i], found.gradientNorm(), 1e-6 * norms[i], "step " + i);
          }
        }
        GOLDEN.assertClose("run", "trained", run.layout(), run.trained(), 1e-8);
      }
    }
  }

  /** Documents of an anchor count nothing against it, however often a batch has them. */
  @Test
  void whatBelongsToAnAnchorIsNotCountedAgainstIt() {
    TokenSequence cat = new TokenSequence(new int[] {5, 6}, new boolean[2], new int[0], -1);
    TokenSequence dog = new TokenSequence(new int[] {7}, new boolean[1], new int[0], -1);
    TokenSequence pet = new TokenSequence(new int[] {8}, new boolean[1], new int[0], -1);
    TokenSequence tom = new TokenSequence(new int[] {9}, new boolean[1], new int[0], -1);
    MatchedBatches texts =
        new MatchedBatches(
            List.of(
                new MatchedText(cat, pet, List.of(dog)),
                new MatchedText(dog, pet.copy(), List.of()),
                new MatchedText(cat, tom, List.of(cat.copy()))),
            List.of());
    double no = Double.NEGATIVE_INFINITY;
    assertArrayEquals(
        new double[] {
          0,
          no,
          no,
          0,
          no, // cat: the dog counts
          no,
          0,
          0,
          no,
          0, // dog: tom counts, and the cat
          no,
          no,
          0,
          0,
          no // cat: the dog counts
        },
        texts.excluded(texts.learned()));
  }
}
