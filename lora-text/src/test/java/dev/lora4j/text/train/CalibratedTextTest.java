package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.training.CalibrationSettings;
import dev.lora4j.core.adapter.training.CordaMode;
import dev.lora4j.core.adapter.training.EvaSettings;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.calibration.Calibration;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.SmallClassifier;
import dev.lora4j.text.pipeline.SmallModel;
import dev.lora4j.text.pipeline.TextClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ranks and first factors by texts. */
class CalibratedTextTest {
  @TempDir private static Path shared;
  private static Lora4j lora;
  private static LanguageModel model;

  @TempDir private Path temporary;

  @BeforeAll
  static void open() throws IOException {
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
    model = LanguageModel.open(lora, SmallModel.write(shared.resolve("model")));
  }

  @AfterAll
  static void close() {
    model.close();
    lora.close();
  }

  private static TextTrainingSettings settings(AdapterRecipe recipe) {
    return TextTrainingSettings.DEFAULT.with(recipe).steps(6, 5e-3).batch(4);
  }

  private static AdapterRecipe recipe() {
    return AdapterRecipe.DEFAULT.rank(2, 4).targets(TargetLayers.matching("*_proj"));
  }

  private TextTrainer trainer(AdapterRecipe recipe) throws IOException {
    Path lines =
        Files.writeString(
            temporary.resolve("lines.jsonl"),
            """
            {"prompt": "The cat", "completion": " sat on the mat."}
            {"prompt": "The dog", "completion": " ran to the cat, and the cat ran to the dog."}
            {"prompt": "The mat", "completion": " sat."}
            {"prompt": "A cat and a dog", "completion": " ran to the mat."}
            """);
    return TextTrainer.on(model, settings(recipe)).data(lines);
  }

  private static AdapterPlan calibrated(TrainingTask task) {
    return Calibration.of(model.scope(), task, CheckpointPolicy.NOTHING, RunListener.NONE);
  }

  private static Map<String, Long> ranks(AdapterPlan plan) {
    Map<String, Long> ranks = new TreeMap<>();
    plan.sites().forEach((site, recipe) -> ranks.put(site.name(), recipe.rank()));
    return ranks;
  }

  @Test
  void eachWayTrainsAndIsSavedWithItsRanks() throws IOException {
    List<AdapterRecipe> ways =
        List.of(
            recipe().start(FactorInit.EVA),
            recipe().start(FactorInit.LORA_GA).calibration(CalibrationSettings.DEFAULT.batches(2)),
            recipe()
                .start(FactorInit.CORDA)
                .calibration(CalibrationSettings.DEFAULT.with(CordaMode.KPM).batches(2)),
            recipe().calibration(CalibrationSettings.DEFAULT.byEnergy().batches(2)));
    for (AdapterRecipe way : ways) {
      TextTrainer trainer = trainer(way);
      TrainedText trained = trainer.run(done -> {});
      assertEquals(trained.adapter().identity(), trainer.run(done -> {}).adapter().identity());
      assertTrue(trained.losses().get(5) < trained.losses().get(0), trained.losses()::toString);
      Path saved = temporary.resolve("adapter-" + way.start() + way.calibration().ranks());
      trained.save(saved);
      assertEquals(trained.adapter().identity(), model.adapter(saved).identity());
      Map<String, String> header = trained.adapter().metadata();
      assertTrue(
          header.getOrDefault("lora4j_init", "").equals(way.start().canonical())
              || header.getOrDefault("lora4j_ranks", "").equals("by-energy"),
          header.toString());
    }
  }

  /** The principal directions of the rows at the places that are learned, by a decomposition. */
  @Test
  void placesThatAreNotLearnedDoNotCount() throws IOException {
    TextTrainer trainer =
        trainer(
            recipe()
                .targets(TargetLayers.matching("*layers.0.self_attn.q_proj"))
                .start(FactorInit.EVA)
                .calibration(
                    CalibrationSettings.DEFAULT
                        .with(new EvaSettings(1, 0, false, true))
                        .batches(1)));
    TrainingTask task = trainer.task();
    List<Expr> found = new ArrayList<>();
    Expr loss =
        Staging.watched(
            task,
            at ->
                (LayerAdapters)
                    (layer, x) -> {
                      if (layer.site().name().endsWith("layers.0.self_attn.q_proj")) {
                        Expr rows =
                            x.reshape(-1, layer.site().in())
                                .indexSelect(0, at.places().orElseThrow())
                                .to(DType.F64);
                        found.add(rows.sub(rows.mean(0)).svd().vh().slice(0, 0, 2));
                        found.add(rows.select(1, 0));
                      }
                      return layer.output(x);
                    });
    AdapterPlan plan = calibrated(task);
    try (Scope work = model.scope().child("expected");
        Program program = loss.graph().inference(work, found)) {
      List<Tensor> out =
          program.run(work, program.hold(work, task::held), task.batches(0, 1).get(0).inputs(work));
      long learned = trainer.sequences().stream().mapToInt(TokenSequence::learned).sum();
      assertEquals(learned, out.get(1).shape().size(0));
      assertTrue(learned < trainer.sequences().stream().mapToInt(TokenSequence::length).sum());
      assertRows(HostTensor.of(out.get(0)).doubles(), down(plan, task));
    }
  }

  private static void assertRows(double[] expected, double[] found) {
    int width = expected.length / 2;
    for (int row = 0; row < 2; row++) {
      double dot = 0;
      for (int i = 0; i < width; i++) {
        dot += expected[row * width + i] * found[row * width + i];
      }
      double[] same = new double[width];
      double[] own = new double[width];
      for (int i = 0; i < width; i++) {
        same[i] = Math.signum(dot) * expected[row * width + i];
        own[i] = found[row * width + i];
      }
      assertArrayEquals(same, own, 1e-3);
    }
  }

  private static double[] down(AdapterPlan plan, TrainingTask task) {
    Staging at =
        new Staging(new Graph(), task.compute(), task.groups(), plan, Staging.Purpose.TRAINING);
    TaskLoss staged = at.staged(task.loss(at));
    try (Scope work = model.scope().child("first")) {
      float[] flat = staged.factors().initial(work, 1, task);
      FlatLayout.Slot slot =
          staged.factors().layout().slots().stream()
              .filter(s -> s.parameter().name().endsWith(".down"))
              .findFirst()
              .orElseThrow();
      double[] down = new double[(int) slot.parameter().shape().elements()];
      for (int i = 0; i < down.length; i++) {
        down[i] = flat[(int) slot.offset() + i];
      }
      return down;
    }
  }

  @Test
  void aClassifierIsCalibratedByItsTokensAndKeepsItsHead() throws IOException {
    Path folder = SmallClassifier.write("bert-plain", temporary.resolve("model"));
    Path lines =
        Files.writeString(
            temporary.resolve("classes.jsonl"),
            """
            {"text": "red fox", "label": "colour"}
            {"text": "fox, foxes", "label": "none"}
            {"text": "fox, red, fox", "label": "colour"}
            {"text": "foxes, foxes, fox, fox", "label": "none"}
            """);
    try (TextClassifier classes = TextClassifier.open(lora, folder, List.of("colour", "none"))) {
      AdapterRecipe eva = TextTrainingSettings.DEFAULT.recipe().rank(2, 2).start(FactorInit.EVA);
      TextClassifierTrainer trainer =
          TextClassifierTrainer.on(classes, settings(eva)).data(TextDataSet.read(lines));
      TrainedText trained = trainer.run(done -> {});
      assertTrue(
          trained.adapter().sites().keySet().stream().anyMatch(s -> s.contains("classifier")),
          trained.adapter().sites().keySet()::toString);
      AdapterPlan plan =
          Calibration.of(
              classes.scope(), trainer.task(), CheckpointPolicy.NOTHING, RunListener.NONE);
      assertTrue(ranks(plan).values().stream().distinct().count() > 1, ranks(plan)::toString);
    }
  }

  @Test
  void ranksByEnergyKeepTheirScale() throws IOException {
    TextTrainer trainer =
        trainer(recipe().calibration(CalibrationSettings.DEFAULT.byEnergy(1, 6).batches(2)));
    AdapterPlan plan = calibrated(trainer.task());
    assertTrue(plan.elements() <= trainer.plan().elements());
    assertTrue(ranks(plan).values().stream().distinct().count() > 1, ranks(plan)::toString);
    for (SiteRecipe recipe : plan.sites().values()) {
      assertEquals(2, recipe.scale(), 1e-12);
    }
  }
}
