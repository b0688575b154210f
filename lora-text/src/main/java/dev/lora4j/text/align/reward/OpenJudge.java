package dev.lora4j.text.align.reward;

import dev.lora4j.text.align.RewardException;
import dev.lora4j.text.align.RewardFunction;
import dev.lora4j.text.align.RewardRequest;
import dev.lora4j.text.align.Rollout;
import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.pipeline.RewardModel;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A reward model that answers during a training. It reads the prompt as the line of data has it: a
 * conversation by its own chat template, with the completion as the model's message; else the text
 * with the completion behind it, and the end token unless the completion was cut.
 *
 * <p>It is to be closed before the model: that waits for an answer which is under way, as one that
 * nobody waits for any longer may still compute.
 */
final class OpenJudge implements RewardFunction, AutoCloseable {
  private final RewardModel model;
  private final String canonical;
  private final ReentrantLock use = new ReentrantLock();
  private boolean closed;

  OpenJudge(RewardModel model, String canonical) {
    this.model = model;
    this.canonical = canonical;
  }

  @Override
  public String name() {
    return "model";
  }

  @Override
  public CompletionStage<List<OptionalDouble>> rewards(RewardRequest request) {
    use.lock();
    try {
      if (closed) {
        throw new CancellationException("The training is over.");
      }
      List<EncoderText> texts = new ArrayList<>();
      for (Rollout rollout : request.rollouts()) {
        texts.add(text(request, rollout, texts.size()));
      }
      return CompletableFuture.completedFuture(
          model.rewards(texts, done -> {}).stream().map(OptionalDouble::of).toList());
    } finally {
      use.unlock();
    }
  }

  private EncoderText text(RewardRequest request, Rollout rollout, int row) {
    try {
      if (rollout.asked().messages().isEmpty()) {
        return model.text(rollout.asked().text(), rollout.completion(), rollout.ended());
      }
      List<ChatMessage> all = new ArrayList<>(rollout.asked().messages());
      all.add(new ChatMessage(ChatMessage.ASSISTANT, rollout.completion()));
      return model.text(all);
    } catch (IllegalArgumentException e) {
      throw RewardException.at(name(), request, row, "cannot be given: " + e.getMessage(), e);
    }
  }

  @Override
  public String canonical() {
    return canonical;
  }

  @Override
  public void close() {
    use.lock();
    try {
      closed = true;
    } finally {
      use.unlock();
    }
  }
}
