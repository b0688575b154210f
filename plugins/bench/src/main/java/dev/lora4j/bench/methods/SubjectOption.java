package dev.lora4j.bench.methods;

import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.tinylm.TinyLm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The subject that {@code --on} names. */
final class SubjectOption {
  private static final int LENGTH = 256;

  /** Styles of which the bundled judges have true pictures. */
  private static final List<String> JUDGED = List.of("ink", "glossy", "flat");

  private SubjectOption() {}

  /**
   * Reads it.
   *
   * @param options of every training
   * @param concepts that pictures are scored on
   */
  static Subject subject(
      String what, Optional<Path> base, List<String> options, PictureSubject.Concepts concepts) {
    int equals = what.indexOf('=');
    if (what.equals("ink")) {
      return new PictureSubject(what, EmojiSd.styleSet(), base, options, concepts);
    }
    if (what.equals("novel")) {
      return texts(what, TinyLm.novel(), TinyLm.unseen(), base, options);
    }
    if (equals < 1 || !what.substring(0, equals).matches("[A-Za-z0-9-]+")) {
      throw Failure.usage(
          "--on takes ink, novel, STYLE=FOLDER or NAME=TEXTS,UNSEEN, found '" + what + "'.");
    }
    String name = what.substring(0, equals);
    String[] paths = what.substring(equals + 1).split(",", -1);
    if (paths.length > 2) {
      throw Failure.usage(
          "--on " + name + " names one folder, or two paths, found '" + what + "'.");
    }
    if (paths.length == 1 && !JUDGED.contains(name)) {
      throw Failure.usage(
          "--on STYLE=FOLDER names a style that the bundled judges know: "
              + String.join(", ", JUDGED)
              + "; found '"
              + name
              + "'.");
    }
    return paths.length == 1
        ? new PictureSubject(name, ExistingPath.folder(Path.of(paths[0])), base, options, concepts)
        : texts(
            name,
            ExistingPath.any(Path.of(paths[0])),
            ExistingPath.any(Path.of(paths[1])),
            base,
            options);
  }

  private static Subject texts(
      String name, Path texts, Path unseen, Optional<Path> base, List<String> options) {
    try {
      boolean classes = !TextDataSet.read(texts).labels().isEmpty();
      List<String> words = new ArrayList<>(options);
      words.addAll(List.of("--max-length", Integer.toString(LENGTH)));
      if (!classes) {
        words.add("--pack");
      }
      return new TextSubject(name, texts, unseen, base, classes, words);
    } catch (IOException e) {
      throw new Failure("Cannot read " + texts + ": " + ErrorExplanation.of(e), e);
    }
  }
}
