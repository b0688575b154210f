package dev.lora4j.text.evaluate;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextExample;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.generate.BeamSettings;
import dev.lora4j.text.pipeline.Completion;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.TextListener;
import dev.lora4j.text.pipeline.TextPrompt;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Generated text, beside its reference.
 *
 * @param prompt the input of the model
 * @param reference what the data have for it
 * @param text what the model wrote
 */
public record GeneratedText(String prompt, String reference, String text) {
  private static final int BATCH = 8;

  /** True if data have references: completions of prompts, and targets of inputs. */
  public static boolean referenced(TextDataSet data) {
    return data.form() == TextForm.COMPLETION || data.form() == TextForm.PAIR;
  }

  /**
   * Generates text for all examples, in their order.
   *
   * @param data {@linkplain #referenced with references}
   * @param mix the model's adapters
   * @param most how many tokens to write at most
   * @param listener receives the number of examples that are done
   * @throws IllegalArgumentException if the data have no references, or a prompt leaves no room
   * @throws java.util.concurrent.CancellationException if the calling thread is interrupted
   */
  public static List<GeneratedText> of(
      LanguageModel model,
      TextDataSet data,
      MixPlan mix,
      int most,
      BeamSettings beams,
      IntConsumer listener) {
    List<GeneratedText> asked = data.examples().stream().map(GeneratedText::asked).toList();
    List<GeneratedText> all = new ArrayList<>();
    for (int from = 0; from < asked.size(); from += BATCH) {
      List<GeneratedText> batch = asked.subList(from, Math.min(asked.size(), from + BATCH));
      List<TextPrompt> prompts =
          batch.stream().map(a -> TextPrompt.of(a.prompt).tokens(most).mix(mix)).toList();
      List<Completion> written = model.generate(prompts, beams, TextListener.NONE);
      for (int i = 0; i < batch.size(); i++) {
        all.add(
            new GeneratedText(batch.get(i).prompt, batch.get(i).reference, written.get(i).text()));
      }
      listener.accept(all.size());
    }
    return all;
  }

  /**
   * Refuses prompts that the model cannot write for, before it has written for others.
   *
   * @throws IllegalArgumentException with all of them and why
   */
  public static void requirePrompts(LanguageModel model, TextDataSet data) {
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < data.examples().size(); i++) {
      try {
        model.ids(TextPrompt.of(asked(data.examples().get(i)).prompt));
      } catch (IllegalArgumentException e) {
        wrong.add(data.places().get(i) + ": " + e.getMessage());
      }
    }
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(
          "The model cannot write for all prompts:\n  " + String.join("\n  ", wrong));
    }
  }

  private static GeneratedText asked(TextExample example) {
    if (example instanceof TextExample.Completion completion) {
      return new GeneratedText(completion.prompt(), completion.completion(), "");
    } else if (example instanceof TextExample.Pair pair) {
      return new GeneratedText(pair.input(), pair.target(), "");
    }
    throw new IllegalArgumentException(
        "The data do not say what should be written: expected "
            + TextForm.COMPLETION
            + " or "
            + TextForm.PAIR
            + ".");
  }

  /** BLEU of the texts against their references. */
  public static Bleu bleu(List<GeneratedText> all) {
    return Bleu.of(
        all.stream().map(GeneratedText::text).toList(),
        all.stream().map(GeneratedText::reference).toList());
  }
}
