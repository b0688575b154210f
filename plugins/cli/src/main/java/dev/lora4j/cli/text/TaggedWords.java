package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.evaluate.Entities;
import dev.lora4j.text.pipeline.TaggedWord;
import dev.lora4j.text.pipeline.TokenClassifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Texts whose words have classes, as a command prints them.
 *
 * @param texts as they were given
 * @param words of each, with their classes
 * @param prefixed whether classes say where entities begin
 */
record TaggedWords(List<String> texts, List<List<TaggedWord>> words, boolean prefixed) {
  private static final int SHOWN = 100;

  /** Tells the classes of the words of texts. */
  static TaggedWords of(TokenClassifier model, List<String> texts, MixPlan mix) {
    return new TaggedWords(
        texts,
        model.tag(texts.stream().map(TokenClassifier::words).toList(), mix),
        Entities.prefixed(model.tags()));
  }

  private List<Entities.Entity> entities(int text) {
    // Words that were cut off belong to nothing.
    return Entities.of(
        words.get(text).stream().map(w -> w.tag().isEmpty() ? "O" : w.tag()).toList());
  }

  private String said(int text, Entities.Entity entity) {
    return words.get(text).subList(entity.from(), entity.to() + 1).stream()
        .map(TaggedWord::word)
        .collect(Collectors.joining(" "));
  }

  /** Prints each entity, or each word where there are none. */
  void tell(Console console) {
    for (int text = 0; text < texts.size(); text++) {
      if (texts.size() > 1) {
        console.print(Printable.of(texts.get(text), SHOWN));
      }
      if (!prefixed) {
        words
            .get(text)
            .forEach(
                w ->
                    console.print(
                        String.format(Locale.ROOT, "%-10s %.4f  ", w.tag(), w.probability())
                            + Printable.of(w.word(), SHOWN)));
        continue;
      }
      for (Entities.Entity entity : entities(text)) {
        double least =
            words.get(text).subList(entity.from(), entity.to() + 1).stream()
                .mapToDouble(TaggedWord::probability)
                .min()
                .orElse(0);
        console.print(
            String.format(Locale.ROOT, "%-10s %.4f  ", entity.type(), least)
                + Printable.of(said(text, entity), SHOWN));
      }
      long cut = words.get(text).stream().filter(w -> w.tag().isEmpty()).count();
      if (cut > 0) {
        console.note(cut + " words at the end of a text are more than the model reads.");
      }
    }
  }

  Json report() {
    List<Map<String, Object>> all = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      int text = i;
      Json one =
          new Json()
              .put("text", texts.get(text))
              .put(
                  "words",
                  words.get(text).stream()
                      .map(
                          w ->
                              new Json()
                                  .put("word", w.word())
                                  .put("tag", w.tag())
                                  .put("probability", w.probability())
                                  .fields())
                      .toList());
      if (prefixed) {
        one.put(
            "entities",
            entities(text).stream()
                .map(
                    e ->
                        new Json()
                            .put("type", e.type())
                            .put("text", said(text, e))
                            .put("from", e.from())
                            .put("to", e.to())
                            .fields())
                .toList());
      }
      all.add(one.fields());
    }
    return new Json().put("texts", all);
  }
}
