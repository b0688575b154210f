package dev.lora4j.text.data;

import dev.lora4j.text.chat.ChatMessage;
import java.util.List;
import java.util.OptionalDouble;

/** One thing that is learned from. */
public sealed interface TextExample {
  /** A text, every token of which is learned. */
  record Plain(String text) implements TextExample {}

  /** A prompt and its completion, which alone is learned. */
  record Completion(String prompt, String completion) implements TextExample {}

  /** A conversation, of which the answers of the model are learned. */
  record Chat(List<ChatMessage> messages) implements TextExample {
    /** Copies its collection. */
    public Chat {
      messages = List.copyOf(messages);
    }
  }

  /** A text and the class that it belongs to. */
  record Labelled(String text, String label) implements TextExample {}

  /**
   * A prompt and two completions of it, the first of which is the better one.
   *
   * @param margin by how much, for reward models; empty if nothing is said
   */
  record Preference(String prompt, String chosen, String rejected, OptionalDouble margin)
      implements TextExample {
    /** One of which no margin is said. */
    public Preference(String prompt, String chosen, String rejected) {
      this(prompt, chosen, rejected, OptionalDouble.empty());
    }
  }

  /**
   * A conversation and two ways to go on with it, the first of which is the better one.
   *
   * @param margin by how much, for reward models; empty if nothing is said
   */
  record ChatPreference(
      List<ChatMessage> prompt,
      List<ChatMessage> chosen,
      List<ChatMessage> rejected,
      OptionalDouble margin)
      implements TextExample {
    /** One of which no margin is said. */
    public ChatPreference(
        List<ChatMessage> prompt, List<ChatMessage> chosen, List<ChatMessage> rejected) {
      this(prompt, chosen, rejected, OptionalDouble.empty());
    }

    /** Copies its collections. */
    public ChatPreference {
      prompt = List.copyOf(prompt);
      chosen = List.copyOf(chosen);
      rejected = List.copyOf(rejected);
    }
  }

  /** A prompt and a completion that is good or bad. */
  record Judged(String prompt, String completion, boolean good) implements TextExample {}

  /** A conversation and a good or bad way to go on with it. */
  record ChatJudged(List<ChatMessage> prompt, List<ChatMessage> completion, boolean good)
      implements TextExample {
    /** Copies its collections. */
    public ChatJudged {
      prompt = List.copyOf(prompt);
      completion = List.copyOf(completion);
    }
  }

  /**
   * A text, one that belongs to it, and others that do not.
   *
   * @param anchor such as a question
   * @param positive such as its answer
   * @param negatives such as answers that look right and are not; none if nothing is said
   */
  record Match(String anchor, String positive, List<String> negatives) implements TextExample {
    /** Copies its collection. */
    public Match {
      negatives = List.copyOf(negatives);
    }
  }

  /**
   * The words of a text, and the class of each.
   *
   * @param words at least one, none of them empty
   * @param tags as many
   */
  record Tagged(List<String> words, List<String> tags) implements TextExample {
    /** Copies its collections. */
    public Tagged {
      words = List.copyOf(words);
      tags = List.copyOf(tags);
    }
  }

  /** A text and what an encoder and decoder make of it. */
  record Pair(String input, String target) implements TextExample {}
}
