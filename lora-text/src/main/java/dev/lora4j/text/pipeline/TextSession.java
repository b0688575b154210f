package dev.lora4j.text.pipeline;

import dev.lora4j.text.generate.CacheLimits;
import dev.lora4j.text.generate.ContinuousGeneration;
import dev.lora4j.text.generate.GenerationRow;
import dev.lora4j.text.generate.PrefixCounts;
import dev.lora4j.text.generate.Room;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Texts of a causal language model whose prompts join and leave between two tokens, as requests of
 * a server do. Each is what {@link LanguageModel#generate(TextPrompt)} makes of its prompt.
 *
 * <p>For one thread at a time, but any may call {@link SessionText#cancel}. Whoever opens it closes
 * it, before the model.
 */
public final class TextSession implements AutoCloseable {
  private final LanguageModel model;
  private final ContinuousGeneration generation;
  private final List<SessionText> texts = new ArrayList<>();

  TextSession(LanguageModel model, CacheLimits limits) {
    this.model = model;
    this.generation = ContinuousGeneration.open(model.scope(), model.programs(), limits);
  }

  /**
   * The room for a prompt, if it joined now.
   *
   * @throws IllegalArgumentException if it is empty, or leaves no room in the model's longest
   *     sequence
   */
  public Room room(TextPrompt prompt) {
    return generation.room(PromptedText.of(model, prompt, piece -> {}).request());
  }

  /** {@link #join(TextPrompt, String, Consumer)} for the one tenant without a name, unheard. */
  public Optional<SessionText> join(TextPrompt prompt) {
    return join(prompt, "", piece -> {});
  }

  /**
   * Lets a prompt join; the next {@link #step} reads it. Empty if there is no {@link #room} for it
   * now.
   *
   * @param tenant prompts of the same tenant alone share the keys and values of their beginnings
   * @param listener receives the text as it comes: whole characters, and nothing that may turn out
   *     to be a text to stop at
   * @throws IllegalArgumentException if there will never be any room, or the prompt is empty
   * @throws dev.lora4j.core.adapter.AdapterException if its adapters do not fit the base or each
   *     other
   */
  public Optional<SessionText> join(TextPrompt prompt, String tenant, Consumer<String> listener) {
    PromptedText text = PromptedText.of(model, prompt, listener);
    Optional<GenerationRow> row = generation.join(text.request(), tenant);
    Optional<SessionText> joined = row.map(r -> new SessionText(text, r));
    joined.ifPresent(texts::add);
    return joined;
  }

  /**
   * Computes the next token of each text.
   *
   * @return texts that are done now, by completion or by failure
   * @throws java.util.concurrent.CancellationException if the calling thread is interrupted; the
   *     texts stay and go on with the next step
   */
  public List<SessionText> step() {
    generation.step();
    List<SessionText> done = texts.stream().filter(SessionText::complete).toList();
    texts.removeAll(done);
    return done;
  }

  /** Number of texts that are not done. */
  public int live() {
    return texts.size();
  }

  /** Bytes of the texts' keys and values, free slots included. */
  public long bytes() {
    return generation.bytes();
  }

  /** Counts of the prefix cache. */
  public PrefixCounts prefixes() {
    return generation.prefixes();
  }

  /** Ends all texts, which are not completed then, and releases what they held. */
  @Override
  public void close() {
    generation.close();
  }
}
