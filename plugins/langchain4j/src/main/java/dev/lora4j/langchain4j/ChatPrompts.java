package dev.lora4j.langchain4j;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.pipeline.TextPrompt;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Prompts of requests for chats. What cannot be honoured is refused by its name.
 *
 * @param model name of the model
 */
record ChatPrompts(String model) {
  private static final int TOKENS = 512;
  private static final long SEEDS = 1L << 32;

  /**
   * The prompt of a request.
   *
   * @throws UnsupportedFeatureException if it asks for what is not here
   * @throws InvalidRequestException if a value cannot be used
   */
  TextPrompt of(ChatRequest request) {
    requireSupported(request);
    Lora4jChatRequestParameters own = Lora4jChatRequestParameters.of(request.parameters());
    List<String> stops = Optional.ofNullable(request.stopSequences()).orElse(List.of());
    try {
      SamplingSettings sampling =
          new SamplingSettings(
              own.repetitionPenalty().orElse(1),
              number(request.temperature(), 1),
              Optional.ofNullable(request.topK()).orElse(0),
              number(request.topP(), 1),
              own.minP().orElse(0));
      return TextPrompt.chat(request.messages().stream().map(ChatPrompts::message).toList())
          .tokens(Optional.ofNullable(request.maxOutputTokens()).orElse(TOKENS))
          .sampling(sampling)
          .stops(stops)
          .seed(own.seed().orElseGet(() -> ThreadLocalRandom.current().nextLong(SEEDS)))
          .mix(own.mix().orElse(MixPlan.NONE));
    } catch (IllegalArgumentException e) {
      throw new InvalidRequestException(e.getMessage(), e);
    }
  }

  private static double number(@Nullable Double value, double otherwise) {
    return value == null ? otherwise : value;
  }

  private void requireSupported(ChatRequest request) {
    String asked = request.modelName();
    if (asked != null && !asked.equals(model)) {
      throw new ModelNotFoundException(
          "There is no model '" + asked + "' here, but '" + model + "'; leave modelName out.");
    }
    require(request.toolSpecifications().isEmpty(), "toolSpecifications", "no tools are called");
    require(request.toolChoice() == null, "toolChoice", "no tools are called");
    require(
        request.responseFormat() == null
            || request.responseFormat().type() == ResponseFormatType.TEXT,
        "responseFormat",
        "answers are plain texts");
    String penalty = "Lora4jChatRequestParameters.repetitionPenalty makes tokens less likely";
    require(number(request.frequencyPenalty(), 0) == 0, "frequencyPenalty", penalty);
    require(number(request.presencePenalty(), 0) == 0, "presencePenalty", penalty);
  }

  private static void require(boolean supported, String parameter, String reason) {
    if (!supported) {
      throw new UnsupportedFeatureException(
          parameter + " cannot be used with lora4j: " + reason + ". Leave it out.");
    }
  }

  private static ChatMessage message(dev.langchain4j.data.message.ChatMessage message) {
    if (message instanceof SystemMessage system) {
      return ChatMessage.system(system.text());
    } else if (message instanceof UserMessage user) {
      return ChatMessage.user(text(user));
    } else if (message instanceof AiMessage ai) {
      require(!ai.hasToolExecutionRequests(), "toolExecutionRequests", "no tools are called");
      require(ai.images().isEmpty(), "images of an AiMessage", "the model reads texts alone");
      return ChatMessage.assistant(Optional.ofNullable(ai.text()).orElse(""));
    }
    throw new UnsupportedFeatureException(
        "Messages of the type " + message.type() + " cannot be used with lora4j. Leave them out.");
  }

  private static String text(UserMessage message) {
    StringBuilder text = new StringBuilder();
    for (Content content : message.contents()) {
      if (!(content instanceof TextContent part)) {
        throw new UnsupportedFeatureException(
            "Content of the type "
                + content.type()
                + " cannot be used with lora4j: the model reads texts alone. Leave it out.");
      }
      text.append(text.isEmpty() ? "" : "\n").append(part.text());
    }
    return text.toString();
  }
}
