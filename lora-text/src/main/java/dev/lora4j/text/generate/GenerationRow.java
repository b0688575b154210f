package dev.lora4j.text.generate;

import java.util.Optional;

/**
 * Row of a {@link ContinuousGeneration}: a request that has joined, and the tokens that it got.
 *
 * <p>For the thread that steps; any thread may cancel it.
 */
public final class GenerationRow {
  /** Reason for the end of a row. */
  public enum Ending {
    /** A token that ends it came. */
    END,
    /** Its listener ended it. */
    LISTENER,
    /** Its limit of new tokens is reached. */
    LIMIT,
    /** It was cancelled. */
    CANCELLED,
    /** It failed, see {@link #failure}. */
    FAILED
  }

  private final GenerationRequest request;
  private final RowMix mix;
  private final String tenant;
  private final Sequence sequence;
  private volatile boolean cancelled;
  private Optional<RuntimeException> failure = Optional.empty();
  private int slot;
  private boolean read;
  private int prefix;

  GenerationRow(GenerationRequest request, RowMix mix, String tenant) {
    this.request = request;
    this.mix = mix;
    this.tenant = tenant;
    this.sequence = new Sequence(request, request.prompt());
  }

  /** The request. */
  public GenerationRequest request() {
    return request;
  }

  /** Ends it before the next token; without effect if it is done. May be called by any thread. */
  public void cancel() {
    cancelled = true;
  }

  /** Returns true if it gets no more tokens. */
  public boolean done() {
    return ending().isPresent();
  }

  /** Why it is done; empty if it is not. */
  public Optional<Ending> ending() {
    if (failure.isPresent()) {
      return Optional.of(Ending.FAILED);
    } else if (sequence.done()) {
      return Optional.of(
          sequence.ended() ? Ending.END : sequence.stopped() ? Ending.LISTENER : Ending.LIMIT);
    }
    return cancelled ? Optional.of(Ending.CANCELLED) : Optional.empty();
  }

  /**
   * Reason of its failure: its listener's exception; or {@link ArithmeticException} if the model's
   * logits are not finite with its adapters, which ends no other row.
   */
  public Optional<RuntimeException> failure() {
    return failure;
  }

  /** The tokens that it got until now. */
  public GeneratedTokens generated() {
    return sequence.generated();
  }

  RowMix mix() {
    return mix;
  }

  Sequence sequence() {
    return sequence;
  }

  /** Domain of its prefixes, which rows of the same domain share. */
  PrefixCache.Domain domain() {
    return new PrefixCache.Domain(tenant, mix.content());
  }

  /** First tokens of its prompt whose keys and values need not be computed. */
  int prefix() {
    return prefix;
  }

  void prefix(int tokens) {
    prefix = tokens;
  }

  /** Its slot in the cache. */
  int slot() {
    return slot;
  }

  /** Returns true if its prompt is read. */
  boolean read() {
    return read;
  }

  void setRead() {
    read = true;
  }

  void slot(int other) {
    slot = other;
  }

  void fail(RuntimeException reason) {
    failure = Optional.of(reason);
  }

  /** Chooses the next token by its logits; true if there is one. */
  boolean add(float[] logits) {
    try {
      sequence.add(logits);
      return true;
    } catch (RuntimeException e) {
      fail(e);
      return false;
    }
  }
}
