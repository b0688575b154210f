package dev.lora4j.text.pipeline;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.generate.LogProbabilities;
import dev.lora4j.text.generate.SamplingSettings;
import java.util.List;

/**
 * Request of a text: a prompt or a conversation, and settings.
 *
 * @param text the prompt; empty with a conversation
 * @param messages a conversation, whose next message is generated; else none
 * @param maxNewTokens how many tokens to add at most
 * @param sampling how tokens are chosen
 * @param stops texts at which it ends; they are not part of the answer
 * @param seed of chance
 * @param mix its adapters
 * @param logProbabilities what is told of the choice of each token
 */
public record TextPrompt(
    String text,
    List<ChatMessage> messages,
    int maxNewTokens,
    SamplingSettings sampling,
    List<String> stops,
    long seed,
    MixPlan mix,
    LogProbabilities logProbabilities) {
  private static final int MOST = 128;

  /** Copies its lists and checks them. */
  public TextPrompt {
    messages = List.copyOf(messages);
    stops = List.copyOf(stops);
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("At least 1 token is added, found " + maxNewTokens + ".");
    }
    if (stops.stream().anyMatch(String::isEmpty)) {
      throw new IllegalArgumentException("An empty text to stop at stops everything.");
    }
  }

  /** A request without log-probabilities. */
  public TextPrompt(
      String text,
      List<ChatMessage> messages,
      int maxNewTokens,
      SamplingSettings sampling,
      List<String> stops,
      long seed,
      MixPlan mix) {
    this(text, messages, maxNewTokens, sampling, stops, seed, mix, LogProbabilities.NONE);
  }

  /** A greedy request of up to 128 tokens after a text. */
  public static TextPrompt of(String text) {
    return new TextPrompt(
        text, List.of(), MOST, SamplingSettings.GREEDY, List.of(), 0, MixPlan.NONE);
  }

  /** Answers a conversation, always with the likeliest of up to 128 tokens. */
  public static TextPrompt chat(List<ChatMessage> messages) {
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("A conversation has at least one message.");
    }
    return new TextPrompt("", messages, MOST, SamplingSettings.GREEDY, List.of(), 0, MixPlan.NONE);
  }

  /** A copy that follows a text instead of this text or conversation. */
  public TextPrompt text(String other) {
    return new TextPrompt(
        other, List.of(), maxNewTokens, sampling, stops, seed, mix, logProbabilities);
  }

  /** A copy with at most so many tokens. */
  public TextPrompt tokens(int other) {
    return new TextPrompt(text, messages, other, sampling, stops, seed, mix, logProbabilities);
  }

  /** A copy with tokens chosen otherwise. */
  public TextPrompt sampling(SamplingSettings other) {
    return new TextPrompt(text, messages, maxNewTokens, other, stops, seed, mix, logProbabilities);
  }

  /** Ending at these texts. */
  public TextPrompt stops(List<String> others) {
    return new TextPrompt(
        text, messages, maxNewTokens, sampling, others, seed, mix, logProbabilities);
  }

  /** A copy with another seed. */
  public TextPrompt seed(long other) {
    return new TextPrompt(
        text, messages, maxNewTokens, sampling, stops, other, mix, logProbabilities);
  }

  /** A copy with these adapters. */
  public TextPrompt mix(MixPlan other) {
    return new TextPrompt(
        text, messages, maxNewTokens, sampling, stops, seed, other, logProbabilities);
  }

  /** A copy with other log-probabilities. */
  public TextPrompt logProbabilities(LogProbabilities other) {
    return new TextPrompt(text, messages, maxNewTokens, sampling, stops, seed, mix, other);
  }
}
