package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.text.data.PrefixedTexts;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TaughtText;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.TextTeacher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Teachers of a run with their texts, of which a share is held out. */
final class TeachingRun {
  /** Purpose of the choice of what is held out among all that a seed is for. */
  private static final long SPLIT = 0x6865_6c64L;

  private final Console console;
  private final LanguageModel model;
  private final SequenceLimits limits;
  private final double heldOut;
  private final long seed;
  private final List<TextTeacher> teachers = new ArrayList<>();

  /**
   * Begins without teachers.
   *
   * @param limits of the length of texts that were given
   * @param heldOut share of the texts of each
   */
  TeachingRun(
      Console console, LanguageModel model, SequenceLimits limits, double heldOut, long seed) {
    this.console = console;
    this.model = model;
    this.limits = limits;
    this.heldOut = heldOut;
    this.seed = seed;
  }

  /**
   * Adds a teacher.
   *
   * @param words that call it; empty for none
   * @param path its texts
   * @param written whether it wrote them itself, prompt by prompt
   */
  void add(Adapter adapter, double weight, String words, Path path, boolean written) {
    String name = adapter.name();
    SequenceLimits own =
        written ? new SequenceLimits(limits.longest(), limits.longer(), false) : limits;
    PrefixedTexts texts =
        PrefixedTexts.of(read(path), words, model.tokenizer(), own, model::sequences);
    texts.notes().forEach(note -> console.note(name + ": " + note));
    List<TaughtText> all = texts.texts();
    int held = heldOut == 0 ? 0 : (int) Math.max(1, Math.round(heldOut * all.size()));
    if (held >= all.size()) {
      throw new Failure(
          "The texts of "
              + name
              + " make "
              + all.size()
              + ", and "
              + held
              + " held out leave none to learn. Give it more texts, cut long ones by --pack and"
              + " --max-length, or hold none out by --held-out 0.");
    }
    boolean[] out = new boolean[all.size()];
    Arrays.stream(SeededNoise.of(seed, SPLIT, teachers.size()).permutation(all.size()))
        .limit(held)
        .forEach(i -> out[i] = true);
    teachers.add(
        new TextTeacher(adapter, weight, words, part(all, out, false), part(all, out, true)));
  }

  private static List<TaughtText> part(List<TaughtText> all, boolean[] out, boolean wanted) {
    List<TaughtText> some = new ArrayList<>();
    for (int i = 0; i < out.length; i++) {
      if (out[i] == wanted) {
        some.add(all.get(i));
      }
    }
    return some;
  }

  private static TextDataSet read(Path path) {
    try {
      return TextDataSet.read(path);
    } catch (IOException e) {
      throw new Failure("Cannot read " + path + ": " + ErrorExplanation.of(e), e);
    }
  }

  List<TextTeacher> teachers() {
    return List.copyOf(teachers);
  }

  /** Sentences about teachers that a prompt does not tell apart. */
  List<String> notes() {
    Map<String, List<String>> called = new LinkedHashMap<>();
    for (TextTeacher teacher : teachers) {
      called
          .computeIfAbsent(teacher.words().strip(), w -> new ArrayList<>())
          .add(teacher.adapter().name());
    }
    List<String> notes = new ArrayList<>();
    called.forEach(
        (words, names) -> {
          if (names.size() > 1) {
            notes.add(
                String.join(" and ", names)
                    + (words.isEmpty() ? " have no words" : " have the same words '" + words + "'")
                    + " to call them by, so that a text which each could go on from gets a mean of"
                    + " what they say; give each words by --trigger NAME=WORDS.");
          }
        });
    return notes;
  }
}
