package dev.lora4j.text.data;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.lora4j.text.chat.ChatMessage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Prompts, each with a completion that somebody wrote.
 *
 * @param answers the completions with their prompts, all of them good, in the order of the prompts
 */
public record AnsweredPrompts(PromptSet prompts, TextDataSet answers) {
  private static final String PROMPT = "prompt";
  private static final String COMPLETION = "completion";
  private static final String MESSAGES = "messages";

  /** In the place of one that is a problem. */
  private static final TextExample NOTHING = new TextExample.Judged("", "", true);

  /** Checks that there are as many of both. */
  public AnsweredPrompts {
    if (prompts.prompts().size() != answers.examples().size()) {
      throw new IllegalArgumentException(
          prompts.prompts().size()
              + " prompts have "
              + answers.examples().size()
              + " completions.");
    }
  }

  /**
   * Division into training and validation.
   *
   * @param training the larger part, in the order of the data
   * @param validation the rest, in the order of the data
   */
  public record Split(AnsweredPrompts training, PromptSet validation) {}

  /**
   * Reads a file of JSON objects, one a line, or all such files of a folder in the order of their
   * names. Each has a {@code prompt} and a {@code completion}, both texts or both lists of
   * messages; or {@code messages}, the last of which is the assistant's and the completion.
   *
   * @throws TextDataException with all that is wrong
   * @throws IOException if a file cannot be read
   */
  public static AnsweredPrompts read(Path path) throws IOException {
    List<TextExample> answers = new ArrayList<>();
    PromptSet prompts =
        PromptSet.read(
            path,
            (fields, line, read) -> {
              Optional<JsonObject> object = divided(fields, line, read);
              PromptLine prompt =
                  object
                      .map(divided -> PromptSet.prompt(fields, line, divided))
                      .orElse(PromptLine.of(""));
              answers.add(
                  object.map(divided -> answer(fields, line, divided, prompt)).orElse(NOTHING));
              return prompt;
            });
    return new AnsweredPrompts(
        prompts, new TextDataSet(TextForm.JUDGED, answers, prompts.places()));
  }

  /** A line with messages as one with a prompt and a completion; empty if it is a problem. */
  private static Optional<JsonObject> divided(JsonFields fields, int line, JsonObject object) {
    if (!object.has(MESSAGES) || object.has(PROMPT) || object.has(COMPLETION)) {
      return Optional.of(object);
    }
    JsonObject made = object.deepCopy();
    JsonElement removed = made.remove(MESSAGES);
    if (!(removed instanceof JsonArray messages) || messages.size() < 2 || !answered(messages)) {
      fields.problem(
          line,
          "has no list of messages at 'messages' whose last is the assistant's, after others, but "
              + JsonFields.shown(removed)
              + ".");
      return Optional.empty();
    }
    JsonArray last = new JsonArray();
    last.add(messages.remove(messages.size() - 1));
    made.add(PROMPT, messages);
    made.add(COMPLETION, last);
    return Optional.of(made);
  }

  private static boolean answered(JsonArray messages) {
    return messages.get(messages.size() - 1) instanceof JsonObject last
        && last.get("role") instanceof JsonPrimitive role
        && role.getAsString().equals(ChatMessage.ASSISTANT);
  }

  private static TextExample answer(
      JsonFields fields, int line, JsonObject object, PromptLine prompt) {
    if (!object.has(COMPLETION)) {
      fields.problem(
          line,
          "has no 'completion' to learn where the student does not write itself, among its keys "
              + String.join(", ", object.keySet())
              + "; give one, or 'messages' alone, whose last is the assistant's.");
      return NOTHING;
    }
    return object.get(PROMPT) instanceof JsonArray
        ? new TextExample.ChatJudged(
            prompt.messages(), fields.messages(line, object, COMPLETION), true)
        : new TextExample.Judged(prompt.text(), fields.text(line, object, COMPLETION, false), true);
  }

  /**
   * Holds a share of the prompts out, as {@link TextDataSet#split} does.
   *
   * @throws IllegalArgumentException if nothing would be left to train on
   */
  public Split split(double share, long seed) {
    PromptSet.Split asked = prompts.split(share, seed);
    TextDataSet learned = answers.split(share, seed).training();
    return new Split(new AnsweredPrompts(asked.training(), learned), asked.validation());
  }
}
