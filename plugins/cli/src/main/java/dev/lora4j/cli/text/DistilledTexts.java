package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.data.TaughtText;
import dev.lora4j.text.evaluate.Divergence;
import dev.lora4j.text.evaluate.Perplexity;
import dev.lora4j.text.network.JensenShannonDivergence;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.TextTeacher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A student beside its teacher on the teacher's texts that were held out.
 *
 * @param name of the teacher
 * @param base perplexity of the base alone
 * @param merge that of the merge that the student began as, without words before texts
 * @param student that of the student, which is called by its words
 * @param teacher that of the teacher
 * @param fromMerge distance of the merge from the teacher
 * @param fromStudent distance of the student from the teacher
 */
record DistilledTexts(
    String name,
    Perplexity base,
    Optional<Perplexity> merge,
    Perplexity student,
    Perplexity teacher,
    Optional<Divergence> fromMerge,
    Divergence fromStudent) {
  /** Number of scores of a teacher with a merge. */
  private static final int SCORES = 6;

  /** Scores all teachers with texts that were held out. */
  static List<DistilledTexts> of(
      Console console,
      LanguageModel model,
      List<TextTeacher> teachers,
      Optional<Adapter> merge,
      Adapter student,
      JensenShannonDivergence how) {
    List<TextTeacher> scored = teachers.stream().filter(t -> !t.heldOut().isEmpty()).toList();
    List<DistilledTexts> all = new ArrayList<>();
    int passes = merge.isPresent() ? SCORES : SCORES - 2;
    int texts = scored.stream().mapToInt(t -> passes * t.heldOut().size()).sum();
    if (texts == 0) {
      return all;
    }
    try (Progress progress = console.progress("scoring", texts, "text")) {
      Scoring scoring = new Scoring(model, how, progress);
      for (TextTeacher teacher : scored) {
        all.add(of(scoring, teacher, merge, student));
      }
    }
    return all;
  }

  private static DistilledTexts of(
      Scoring scoring, TextTeacher teacher, Optional<Adapter> merge, Adapter student) {
    List<TaughtText> texts = teacher.heldOut();
    List<TaughtText> own = texts.stream().map(t -> TaughtText.of(t.own())).toList();
    List<TaughtText> called = texts.stream().map(t -> TaughtText.of(t.student())).toList();
    MixPlan learned = MixPlan.of(student, 1);
    Optional<MixPlan> merged = merge.map(m -> MixPlan.of(m, 1));
    return new DistilledTexts(
        teacher.adapter().name(),
        scoring.perplexity(own, MixPlan.NONE),
        merged.map(m -> scoring.perplexity(own, m)),
        scoring.perplexity(called, learned),
        scoring.perplexity(own, teacher.plan()),
        merged.map(m -> scoring.divergence(own, teacher, m)),
        scoring.divergence(texts, teacher, learned));
  }

  /** Scores of a model, with one line of progress over all. */
  private static final class Scoring {
    private final LanguageModel model;
    private final JensenShannonDivergence how;
    private final Progress progress;
    private int before;

    Scoring(LanguageModel model, JensenShannonDivergence how, Progress progress) {
      this.model = model;
      this.how = how;
      this.progress = progress;
    }

    Perplexity perplexity(List<TaughtText> texts, MixPlan mix) {
      Perplexity found =
          Perplexity.of(
              model,
              texts.stream().map(TaughtText::student).toList(),
              mix,
              done -> progress.done(before + done, ""));
      before += texts.size();
      return found;
    }

    Divergence divergence(List<TaughtText> texts, TextTeacher teacher, MixPlan student) {
      Divergence found =
          Divergence.of(
              model, texts, teacher.plan(), student, how, done -> progress.done(before + done, ""));
      before += texts.size();
      return found;
    }
  }

  /** Prints a table. */
  static void tell(Console console, List<DistilledTexts> all) {
    if (all.isEmpty()) {
      return;
    }
    int width =
        Math.max(
            "held out of".length(), all.stream().mapToInt(t -> t.name().length()).max().orElse(0));
    boolean merged = all.get(0).merge().isPresent();
    console.print(
        String.format(
            Locale.ROOT,
            "%-" + width + "s  %7s  %10s%s  %10s  %10s  %s",
            "held out of",
            "tokens",
            "base",
            merged ? String.format(Locale.ROOT, "  %10s", "merge") : "",
            "student",
            "teacher",
            merged ? "distance from it: merge, student" : "distance from it: student"));
    for (DistilledTexts one : all) {
      console.print(one.line(width));
    }
  }

  private String line(int width) {
    return String.format(
        Locale.ROOT,
        "%-" + width + "s  %7d  %10.3f%s  %10.3f  %10.3f  %s%.5f",
        name,
        teacher.tokens(),
        base.value(),
        merge.map(m -> String.format(Locale.ROOT, "  %10.3f", m.value())).orElse(""),
        student.value(),
        teacher.value(),
        fromMerge.map(d -> String.format(Locale.ROOT, "%.5f, ", d.value())).orElse(""),
        fromStudent.value());
  }

  /** The scores by name; distances are means over tokens. */
  Map<String, Object> json() {
    Json told =
        new Json()
            .put("teacher", name)
            .put("tokens", teacher.tokens())
            .put("perplexityBase", base.value())
            .put("perplexityStudent", student.value())
            .put("perplexityTeacher", teacher.value())
            .put("distanceStudent", fromStudent.value());
    merge.ifPresent(m -> told.put("perplexityMerge", m.value()));
    fromMerge.ifPresent(d -> told.put("distanceMerge", d.value()));
    return told.fields();
  }
}
