package dev.lora4j.spring;

import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.pipeline.TextPrompt;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;

/**
 * Prompts of requests for chats. What cannot be honoured is refused by its name.
 *
 * @param model name of the model
 * @param defaults what requests are that say nothing else
 */
record ChatPrompts(String model, NamedAdapters adapters, Lora4jProperties.Chat defaults) {
  private static final long SEEDS = 1L << 32;

  /**
   * The prompt of a request.
   *
   * @throws IllegalArgumentException if a value cannot be used
   * @throws UnsupportedOperationException if it asks for what is not here
   */
  TextPrompt of(Prompt request) {
    ChatOptions options = or(request.getOptions(), Lora4jChatOptions.builder().build());
    requireSupported(options);
    Lora4jChatOptions own =
        options instanceof Lora4jChatOptions ours ? ours : Lora4jChatOptions.builder().build();
    SamplingSettings sampling =
        new SamplingSettings(
            or(own.getRepetitionPenalty(), defaults.repetitionPenalty()),
            or(options.getTemperature(), defaults.temperature()),
            or(options.getTopK(), defaults.topK()),
            or(options.getTopP(), defaults.topP()),
            or(own.getMinP(), defaults.minP()));
    Map<String, Double> weights = or(own.getAdapters(), defaults.adapters());
    Long seed = own.getSeed() == null ? defaults.seed() : own.getSeed();
    return TextPrompt.chat(request.getInstructions().stream().map(ChatPrompts::message).toList())
        .tokens(or(options.getMaxTokens(), defaults.maxTokens()))
        .sampling(sampling)
        .stops(or(options.getStopSequences(), defaults.stopSequences()))
        .seed(seed == null ? ThreadLocalRandom.current().nextLong(SEEDS) : seed)
        .mix(adapters.mix(weights));
  }

  private static <T> T or(@Nullable T asked, T otherwise) {
    return Optional.ofNullable(asked).orElse(otherwise);
  }

  private void requireSupported(ChatOptions options) {
    OptionSupport.requireModel(options.getModel(), model);
    if (options instanceof ToolCallingChatOptions tools) {
      OptionSupport.require(
          or(tools.getToolCallbacks(), List.of()).isEmpty(),
          "toolCallbacks",
          "no tools are called");
    }
    String penalty = "Lora4jChatOptions' repetitionPenalty makes tokens less likely";
    requireZero(options.getFrequencyPenalty(), "frequencyPenalty", penalty);
    requireZero(options.getPresencePenalty(), "presencePenalty", penalty);
  }

  private static void requireZero(@Nullable Double value, String option, String reason) {
    OptionSupport.require(value == null || value == 0, option, reason);
  }

  private static ChatMessage message(Message message) {
    OptionSupport.require(
        !(message instanceof ToolResponseMessage), "ToolResponseMessage", "no tools are called");
    if (message instanceof UserMessage user) {
      OptionSupport.require(user.getMedia().isEmpty(), "media", "the model reads texts alone");
    } else if (message instanceof AssistantMessage answer) {
      OptionSupport.require(!answer.hasToolCalls(), "toolCalls", "no tools are called");
      OptionSupport.require(answer.getMedia().isEmpty(), "media", "the model reads texts alone");
    }
    return new ChatMessage(message.getMessageType().getValue(), or(message.getText(), ""));
  }
}
