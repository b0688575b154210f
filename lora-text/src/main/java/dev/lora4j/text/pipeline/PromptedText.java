package dev.lora4j.text.pipeline;

import dev.lora4j.text.generate.GeneratedTokens;
import dev.lora4j.text.generate.GenerationRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A prompt as a request of tokens, and the text that they make.
 *
 * @param request its listener adds to the text
 */
record PromptedText(GenerationRequest request, StreamedText text) {
  /**
   * The request of a prompt.
   *
   * @param heard receives text that is sure to stay
   * @throws IllegalArgumentException if the prompt is empty, or leaves no room in the model's
   *     longest sequence
   */
  static PromptedText of(LanguageModel model, TextPrompt prompt, Consumer<String> heard) {
    int[] ids = model.ids(prompt);
    int[] before = model.before(ids);
    StreamedText text = new StreamedText(model.tokenizer().stream(before), prompt.stops(), heard);
    Set<Integer> ends = Set.copyOf(model.tokenizer().special().ends());
    GenerationRequest request =
        new GenerationRequest(
            ids,
            Math.min(prompt.maxNewTokens(), model.network().longest() - before.length),
            ends,
            prompt.sampling(),
            prompt.seed(),
            prompt.mix(),
            token -> !ends.contains(token) && text.add(token),
            prompt.logProbabilities());
    return new PromptedText(request, text);
  }

  /**
   * The completion, when no token comes any more.
   *
   * @param otherwise why it ended, unless by a token or a text
   */
  Completion completion(GeneratedTokens grown, Completion.Ending otherwise) {
    String whole = text.end();
    Completion.Ending ending =
        text.stopped() ? Completion.Ending.STOP : grown.ended() ? Completion.Ending.END : otherwise;
    List<Integer> tokens = Arrays.stream(grown.added()).boxed().toList();
    return new Completion(whole, tokens, request.prompt().length, ending, grown.choices());
  }
}
