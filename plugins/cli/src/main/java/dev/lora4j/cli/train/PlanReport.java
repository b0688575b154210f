package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.console.Json;
import dev.lora4j.core.adapter.training.DirectionRule;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.run.StepCost;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.conditioning.CaptionTokens;
import dev.lora4j.diffusion.config.RunSettings.Previews;
import dev.lora4j.diffusion.dataset.DataItem;
import dev.lora4j.diffusion.dataset.DataProblem;
import dev.lora4j.diffusion.dataset.bucket.Bucket;
import dev.lora4j.diffusion.dataset.caption.WholeWords;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.train.objective.ClassPreservation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Report of a run before it begins, as text. */
final class PlanReport {
  private static final int CAPTION = 48;

  /** Names of files in one line. */
  private static final int FILES = 4;

  private final PreparedRun run;

  PlanReport(PreparedRun run) {
    this.run = run;
  }

  /** One line for each picture: sizes, the part that is left, repeats, caption. */
  List<String> pictures() {
    List<String> lines = new ArrayList<>();
    int longest =
        run.data().items().stream()
            .mapToInt(i -> String.valueOf(i.file().getFileName()).length())
            .max()
            .orElse(0);
    for (DataItem item : run.data().items()) {
      int cut = cut(item);
      lines.add(
          String.format(
              Locale.ROOT,
              "%-" + Math.max(1, longest) + "s  %4dx%-4d -> %4dx%-4d  %3.0f%% kept  x%d  %s%s%s",
              item.file().getFileName(),
              item.width(),
              item.height(),
              item.fit().bucket().width(),
              item.fit().bucket().height(),
              100 * item.fit().keptArea(),
              item.repeats(),
              kind(item),
              shortened(item.recipe().plain(item.caption())),
              cut == 0 ? "" : "  [" + cut + " tokens cut off]"));
    }
    return lines;
  }

  private static String kind(DataItem item) {
    if (item.validation()) {
      return "(held out) ";
    }
    return (item.regularisation() ? "(class) " : "") + (item.masked() ? "(mask) " : "");
  }

  private static String shortened(String caption) {
    return caption.length() <= CAPTION ? caption : caption.substring(0, CAPTION - 1) + "…";
  }

  private int cut(DataItem item) {
    int most = 0;
    for (PromptTokenizer tokenizer : run.model().sd().tokenizers()) {
      for (String caption : item.recipe().longest(item.caption())) {
        most = Math.max(most, CaptionTokens.cut(tokenizer, caption, run.style().captionChunks()));
      }
    }
    return most;
  }

  /** Number of captions that are cut, with a remedy; empty if none is. */
  private Optional<String> cutCaptions() {
    int captions = 0;
    int chunks = 1;
    PromptTokenizer tokenizer = run.model().sd().tokenizers().get(0);
    for (DataItem item : run.data().training()) {
      int cut = cut(item);
      if (cut > 0) {
        captions++;
        int more = (cut + tokenizer.room() - 1) / tokenizer.room();
        chunks = Math.max(chunks, run.style().captionChunks() + more);
      }
    }
    int count = run.style().captionChunks() * tokenizer.room();
    return captions == 0
        ? Optional.empty()
        : Optional.of(
            (captions == 1 ? "1 caption is" : captions + " captions are")
                + " longer than "
                + count
                + " tokens and cut there; "
                + remedy(captions, chunks));
  }

  /** Where encoders stand one after the other, captions are taken in one chunk. */
  private String remedy(int captions, int chunks) {
    return run.model().sd().base().arrangement().together()
        ? "caption_chunks = " + chunks + " takes all of " + (captions == 1 ? "it" : "them")
        : "the other text encoders of this base may read more of "
            + (captions == 1 ? "it" : "them");
  }

  /** The run in a few lines. */
  List<String> summary() {
    StyleSettings style = run.style();
    List<String> lines = new ArrayList<>();
    int training = run.data().training().size();
    if (training == 0 && !run.draws()) {
      return List.of("There is no picture to train on.");
    }
    if (run.draws()) {
      lines.addAll(SliderText.drawn(run));
    } else {
      lines.addAll(pictureLines(training));
    }
    run.settings().slider().map(SliderText::of).ifPresent(lines::add);
    run.preservation().map(PlanReport::kept).ifPresent(lines::add);
    lines.add(
        style.recipe().method().name()
            + " of rank "
            + style.recipe().rank()
            + ", alpha "
            + plain(style.recipe().alpha())
            + ", on "
            + layers()
            + ": "
            + String.format(Locale.ROOT, "%,d", run.plan().elements())
            + " numbers, "
            + fileSize()
            + " in the file");
    run.fewSteps()
        .map(
            how ->
                "the base's own pictures in few steps: its solver in "
                    + how.solverSteps()
                    + " steps, at guidance scales from "
                    + plain(1 + how.leastGuidance())
                    + " to "
                    + plain(1 + how.mostGuidance()))
        .ifPresent(lines::add);
    CalibrationText.of(style.recipe()).ifPresent(lines::add);
    run.plan().directions(style.steps()).map(DirectionRule::course).ifPresent(lines::add);
    lines.add(
        style.optimizer().name()
            + " at "
            + style.rates().rate()
            + ", "
            + style.schedule().decay().name()
            + " with "
            + style.schedule().warmup()
            + " steps of warm-up, computing in "
            + run.compute());
    lines.add(cost());
    if (run.settings().stateMapped()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "the optimizer's state, %.1f MB, in a file beside the checkpoints",
              mappedState() / 1e6));
    }
    lines.add(previews());
    run.saving()
        .adapterEvery()
        .ifPresent(every -> lines.add("adapters on the way every " + every + " steps"));
    return lines;
  }

  private static String kept(ClassPreservation how) {
    return "the base is kept for captions without "
        + String.join(" or ", how.triggers())
        + (how.words().isEmpty() ? "" : ", with \"" + how.words() + "\" in its place")
        + ", which counts "
        + plain(how.weight())
        + " beside the pictures";
  }

  /** Lines about pictures and epochs. */
  private List<String> pictureLines(int training) {
    StyleSettings style = run.style();
    List<String> lines = new ArrayList<>();
    lines.add(
        training
            + (training == 1 ? " picture" : " pictures")
            + (run.data().validation().isEmpty()
                ? ""
                : " and " + run.data().validation().size() + " held out")
            + ", in sizes "
            + buckets());
    cutCaptions().ifPresent(lines::add);
    long epochs = (long) style.steps() * style.accumulate() / Math.max(1, run.batchesPerEpoch());
    lines.add(
        style.steps()
            + " steps of "
            + run.batch()
            + (style.accumulate() > 1 ? " x " + style.accumulate() : "")
            + " pictures, "
            + epochs
            + " epochs of "
            + run.batchesPerEpoch()
            + " batches");
    return lines;
  }

  /** Line about the previews. */
  private String previews() {
    Previews previews = run.previews();
    int rows = previews.prompts().size();
    if (rows == 0) {
      return "no previews on the way";
    }
    boolean captions = run.settings().previewsCaptions();
    String pictures = run.data().validation().isEmpty() ? " picture" : " held out picture";
    return "previews at step 0 and every "
        + previews.every()
        + ", "
        + rows * previews.columns()
        + " pictures each, by "
        + (captions ? "captions of " + rows + pictures : rows + " prompt")
        + (rows > 1 ? "s: " : ": ")
        + previews.prompts().stream().map(PlanReport::shortened).collect(Collectors.joining("; "))
        + (captions ? " (previews.prompts = [] makes none)" : "");
  }

  /** Settings without effect, and unlikely settings. */
  List<String> doubts() {
    List<String> all = new ArrayList<>(masks());
    all.addAll(references());
    all.addAll(triggers());
    all.addAll(
        run.data().training().isEmpty() && !run.draws() ? List.of() : SettingWarnings.of(run));
    return all;
  }

  /** Notes about previews of a training with reference pictures, which they do not see. */
  private List<String> references() {
    boolean previews = !run.previews().prompts().isEmpty();
    return run.data().references() > 0 && previews
        ? List.of(
            "Previews are made without reference pictures (previews.prompts = [] makes none).")
        : List.of();
  }

  /** Notes about trigger words that no caption has. */
  private List<String> triggers() {
    List<String> remarks = new ArrayList<>();
    List<DataItem> learned =
        run.data().training().stream().filter(item -> !item.regularisation()).toList();
    for (String trigger : run.settings().values().triggers()) {
      WholeWords words = new WholeWords(trigger);
      boolean met =
          learned.stream()
              .anyMatch(i -> i.recipe().longest(i.caption()).stream().anyMatch(words::in));
      if (!met && !learned.isEmpty()) {
        remarks.add(
            "'"
                + trigger
                + "' is said to call the adapter (triggers), but is in no caption; data.trigger"
                + " puts it before them.");
      }
    }
    return remarks;
  }

  /** Masks that count for nothing, or that are counted on and not there. */
  private List<String> masks() {
    boolean there = run.data().training().stream().anyMatch(DataItem::masked);
    boolean counted = run.style().objective().loss().masked();
    if (there == counted) {
      return List.of();
    }
    return List.of(
        there
            ? "There are masks, but loss.masked (masked_loss) is false: all of each picture counts."
            : "loss.masked (masked_loss) is set, but no picture has a mask: all of each counts.");
  }

  /** Cost of a step of the largest pictures, by counting and by the speed of this machine. */
  private String cost() {
    StepCost cost = stepCost();
    double seconds = seconds(cost);
    return String.format(
        Locale.ROOT,
        "about %s a step, so %s in all, and %.1f GB of memory (estimated)",
        seconds < 1 ? Math.round(1000 * seconds) + " ms" : Durations.text(seconds),
        Durations.text(seconds * run.style().steps()),
        cost.bytes() / 1e9);
  }

  private double seconds(StepCost cost) {
    return cost.seconds(MeasuredSpeed.of(run.model().engine(), run.compute()));
  }

  private StepCost stepCost() {
    DiffusionModel base = run.model().sd().base();
    int factor = base.vae().scale();
    Optional<Bucket> largest =
        run.data().training().stream()
            .map(item -> item.fit().bucket())
            .max(Comparator.comparingInt(b -> b.width() * b.height()));
    int height = largest.map(b -> b.height() / factor).orElse(base.sampleSize());
    int width = largest.map(b -> b.width() / factor).orElse(base.sampleSize());
    StepCost cost = run.stepCost(height, width);
    long weights = Math.min(cost.weights(), base.weightsMemory().orElse(Long.MAX_VALUE));
    return new StepCost(cost.batches(), cost.batch(), weights, cost.state() - mappedState());
  }

  /** Bytes of the optimizer's state that lie in a file instead of memory. */
  private long mappedState() {
    return run.settings().stateMapped()
        ? run.style()
            .training()
            .optimizer(run.plan())
            .bytes(run.plan().shapes().values(), DType.F32)
        : 0;
  }

  /** Warnings: each sentence once, with the files that it is about. */
  List<String> warnings() {
    Map<String, List<String>> files = new LinkedHashMap<>();
    for (DataProblem problem : run.data().warnings()) {
      files
          .computeIfAbsent(problem.sentence(), m -> new ArrayList<>())
          .add(String.valueOf(problem.file().getFileName()));
    }
    List<String> lines = new ArrayList<>(doubts());
    files.forEach(
        (message, names) -> {
          int shown = Math.min(names.size(), FILES);
          String more = names.size() > shown ? " and " + (names.size() - shown) + " more" : "";
          lines.add(String.join(", ", names.subList(0, shown)) + more + " " + message);
        });
    return lines;
  }

  private static String plain(double x) {
    return x == Math.rint(x) ? Long.toString((long) x) : Double.toString(x);
  }

  private String fileSize() {
    double bytes = run.style().stored().bytes(run.plan().elements());
    return bytes < 1e6
        ? String.format(Locale.ROOT, "%.0f KB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  private String buckets() {
    Map<String, Integer> counts = new TreeMap<>();
    run.data()
        .training()
        .forEach(
            i ->
                counts.merge(
                    i.fit().bucket().width() + "x" + i.fit().bucket().height(), 1, Integer::sum));
    return counts.entrySet().stream()
        .map(e -> e.getKey() + " (" + e.getValue() + ")")
        .collect(Collectors.joining(", "));
  }

  private String layers() {
    Map<String, Integer> counts = new TreeMap<>();
    for (Site site : run.plan().sites().keySet()) {
      String network = site.name().substring(0, site.name().indexOf('.'));
      String kind = site.convolution() ? "convolutions" : "linear layers";
      counts.merge(network + ": " + kind, 1, Integer::sum);
    }
    return counts.entrySet().stream()
        .map(
            e ->
                e.getValue()
                    + " "
                    + e.getKey().substring(e.getKey().indexOf(' ') + 1)
                    + " of "
                    + e.getKey().substring(0, e.getKey().indexOf(':')))
        .collect(Collectors.joining(", "));
  }

  /** All of it as one JSON object. */
  String json() {
    Json json = new Json();
    List<Json> pictures = new ArrayList<>();
    for (DataItem item : run.data().items()) {
      pictures.add(
          new Json()
              .put("file", item.file().toString())
              .put("width", item.width())
              .put("height", item.height())
              .put("bucketWidth", item.fit().bucket().width())
              .put("bucketHeight", item.fit().bucket().height())
              .put("kept", item.fit().keptArea())
              .put("repeats", item.repeats())
              .put("caption", item.recipe().plain(item.caption()))
              .put("tokensCut", cut(item))
              .put("validation", item.validation())
              .put("regularisation", item.regularisation()));
    }
    json.put("pictures", pictures);
    if (!run.data().training().isEmpty() || run.draws()) {
      StepCost cost = stepCost();
      json.put("secondsPerStep", seconds(cost)).put("memoryBytes", cost.bytes());
    }
    json.put("steps", run.style().steps())
        .put("batch", run.batch())
        .put("calibration", CalibrationText.of(run.style().recipe()).orElse(""))
        .put("layers", run.plan().sites().size())
        .put("numbers", run.plan().elements())
        .put("previews", run.previews().prompts())
        .put("doubts", doubts())
        .put("problems", run.data().problems().stream().map(Object::toString).toList());
    return json.toString();
  }
}
