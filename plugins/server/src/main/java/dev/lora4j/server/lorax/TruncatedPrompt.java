package dev.lora4j.server.lorax;

import dev.lora4j.server.json.FieldException;
import dev.lora4j.text.pipeline.LanguageModel;
import java.util.Arrays;

/** The end of a prompt, where a request asks for its last tokens alone. */
final class TruncatedPrompt {
  private TruncatedPrompt() {}

  /**
   * The text of the last tokens. What the model has before each text, such as a token that begins
   * it, counts and stays.
   *
   * @throws FieldException if the last tokens are not those of a text
   */
  static String of(LanguageModel model, String inputs, int most) {
    int[] plain = model.tokenizer().encodePlain(inputs);
    int[] whole = model.tokenizer().encode(inputs);
    int kept = Math.max(0, most - (whole.length - plain.length));
    if (plain.length <= kept) {
      return inputs;
    }
    int[] last = Arrays.copyOfRange(plain, plain.length - kept, plain.length);
    String text = model.tokenizer().decode(last, false);
    if (kept == 0 || !Arrays.equals(model.tokenizer().encodePlain(text), last)) {
      throw new FieldException(
          "parameters.truncate",
          "parameters.truncate cuts within a word or character of these inputs, which would be read"
              + " as other tokens. Take another number.");
    }
    return text;
  }
}
