package dev.lora4j.cli.evaluate;

import dev.lora4j.cli.console.Console;
import dev.lora4j.diffusion.evaluation.JudgedStyle;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.emoji.JudgeFolder;
import java.nio.file.Path;
import java.util.List;

/**
 * The bundled judges, and what they are asked about.
 *
 * @param styles file of the classifier of styles
 * @param concepts file of the retrieval of concepts
 * @param names of all concepts; a concept's number is its place
 */
public record AskedJudges(Path styles, Path concepts, List<String> names, JudgedStyle style) {
  /** Height and width that they look at. */
  static final int SIDE = 64;

  /** Copies the list. */
  public AskedJudges {
    names = List.copyOf(names);
  }

  /**
   * The bundled judges about a style.
   *
   * @param style a bundled one, or a folder of true pictures
   */
  public static AskedJudges about(String style, Console console) {
    JudgeFolder judge = EmojiSd.judge();
    return new AskedJudges(
        judge.styleClassifier(),
        judge.conceptRetrieval(),
        judge.names(),
        JudgedStyleOption.of(style, judge, SIDE, console::note));
  }
}
