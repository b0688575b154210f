package dev.lora4j.text.data;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Form of a data set's lines. */
public enum TextForm {
  /** {@code {"text": ...}}, and files of plain text. */
  TEXT("text"),
  /** {@code {"prompt": ..., "completion": ...}}. */
  COMPLETION("prompt", "completion"),
  /** {@code {"messages": [{"role": ..., "content": ...}, ...]}}. */
  CHAT("messages"),
  /** {@code {"text": ..., "label": ...}}. */
  LABELLED("text", "label"),
  /** {@code {"input": ..., "target": ...}}. */
  PAIR("input", "target"),
  /** {@code {"source": ..., "target": ...}}, which is read as {@link #PAIR}. */
  SOURCE("source", "target"),
  /** {@code {"prompt": ..., "chosen": ..., "rejected": ...}}, each a text or a list of messages. */
  PREFERENCE("prompt", "chosen", "rejected"),
  /** {@code {"chosen": ..., "rejected": ...}}, which begin with the same prompt. */
  WHOLE_PREFERENCE("chosen", "rejected"),
  /** {@link #PREFERENCE} with a number, {@code "margin": ...}, which is read as that. */
  MARGIN_PREFERENCE("prompt", "chosen", "rejected", "margin"),
  /** {@link #WHOLE_PREFERENCE} with a number, {@code "margin": ...}, which is read as that. */
  WHOLE_MARGIN_PREFERENCE("chosen", "rejected", "margin"),
  /**
   * {@code {"prompt": ..., "completion": ..., "label": ...}}, texts or lists of messages, and true
   * for a good completion.
   */
  JUDGED("prompt", "completion", "label"),
  /** {@code {"anchor": ..., "positive": ...}}: a text and one that belongs to it. */
  MATCH("anchor", "positive"),
  /**
   * {@code {"anchor": ..., "positive": ..., "negative": ...}}, with a text or a list of texts that
   * do not belong to it, which is read as {@link #MATCH}.
   */
  NEGATIVE_MATCH("anchor", "positive", "negative"),
  /** {@code {"query": ..., "positive": ...}}, which is read as {@link #MATCH}. */
  QUERY_MATCH("query", "positive"),
  /** {@code {"query": ..., "positive": ..., "negative": ...}}, which is read as {@link #MATCH}. */
  QUERY_NEGATIVE_MATCH("query", "positive", "negative"),
  /** {@code {"question": ..., "answer": ...}}, which is read as {@link #MATCH}. */
  ANSWER_MATCH("question", "answer"),
  /** {@code {"tokens": [...], "tags": [...]}}: the words of a text, and the class of each. */
  TAGGED("tokens", "tags"),
  /** {@code {"tokens": [...], "ner_tags": [...]}}, which is read as {@link #TAGGED}. */
  NAMES_TAGGED("tokens", "ner_tags"),
  /** {@code {"words": [...], "labels": [...]}}, which is read as {@link #TAGGED}. */
  WORDS_TAGGED("words", "labels");

  @SuppressWarnings("ImmutableEnumChecker") // a copy that nothing changes
  private final List<String> keys;

  TextForm(String... keys) {
    this.keys = List.of(keys);
  }

  /** The keys of a line. */
  public List<String> keys() {
    return keys;
  }

  /** The form whose keys these are. */
  static Optional<TextForm> of(Set<String> found) {
    for (TextForm form : values()) {
      if (Set.copyOf(form.keys).equals(found)) {
        return Optional.of(form);
      }
    }
    return Optional.empty();
  }

  /** The form of the examples, which several kinds of lines may have. */
  TextForm read() {
    return switch (this) {
      case SOURCE -> PAIR;
      case WHOLE_PREFERENCE, MARGIN_PREFERENCE, WHOLE_MARGIN_PREFERENCE -> PREFERENCE;
      case NEGATIVE_MATCH, QUERY_MATCH, QUERY_NEGATIVE_MATCH, ANSWER_MATCH -> MATCH;
      case NAMES_TAGGED, WORDS_TAGGED -> TAGGED;
      default -> this;
    };
  }

  @Override
  public String toString() {
    return "{\"" + String.join("\", \"", keys) + "\"}";
  }
}
