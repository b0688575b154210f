package dev.lora4j.cli.text;

import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.text.data.SourceLocation;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextExample;
import dev.lora4j.text.data.TextForm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Texts to find something in, each once.
 *
 * @param texts with the places where they were read
 */
record SearchedTexts(Map<String, String> texts) {
  /**
   * Reads lines of JSON, each with a text or with texts that belong together, of which all but the
   * anchors are searched; or plain texts, whose paragraphs are.
   */
  static SearchedTexts read(Path path) {
    TextDataSet data;
    try {
      data = TextDataSet.read(path);
    } catch (IOException e) {
      throw new Failure("Cannot read " + path + ": " + ErrorExplanation.of(e), e);
    }
    Map<String, String> texts = new LinkedHashMap<>();
    for (int i = 0; i < data.examples().size(); i++) {
      SourceLocation place = data.places().get(i);
      List<String> found = of(data.examples().get(i), place, path);
      boolean parted = found.size() > 1 && place.line() == 0;
      for (int part = 0; part < found.size(); part++) {
        texts.putIfAbsent(found.get(part), place + (parted ? " paragraph " + (part + 1) : ""));
      }
    }
    return new SearchedTexts(texts);
  }

  private static List<String> of(TextExample example, SourceLocation place, Path path) {
    if (example instanceof TextExample.Plain plain) {
      return place.line() > 0 ? List.of(plain.text()) : paragraphs(plain.text());
    } else if (example instanceof TextExample.Labelled labelled) {
      return List.of(labelled.text());
    }
    if (!(example instanceof TextExample.Match match)) {
      throw new Failure(
          path
              + " has lines of another form; what is searched are lines with "
              + TextForm.TEXT
              + " or "
              + TextForm.MATCH
              + ", or plain texts, whose paragraphs are.");
    }
    List<String> all = new ArrayList<>(List.of(match.positive()));
    all.addAll(match.negatives());
    return all;
  }

  /** Parts between empty lines, each in one line. */
  private static List<String> paragraphs(String text) {
    List<String> all = new ArrayList<>();
    for (String part : text.split("\\R\\s*\\R", -1)) {
      String line = part.strip().replaceAll("\\s+", " ");
      if (!line.isEmpty()) {
        all.add(line);
      }
    }
    return all;
  }
}
