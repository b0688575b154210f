package dev.lora4j.spring;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.text.generate.CacheLimits;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.SentenceEncoder;
import dev.lora4j.text.pipeline.SharedSession;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.image.ImageModel;
import org.springframework.ai.model.SpringAIModelProperties;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/**
 * Models of Spring AI for the bases that the properties name. Each backs off where the application
 * has its own, be it the model or the loaded base that it stands on; and where {@code
 * spring.ai.model.chat}, {@code .image} or {@code .embedding} names another provider than {@code
 * lora4j}.
 */
@AutoConfiguration
@EnableConfigurationProperties(Lora4jProperties.class)
public class Lora4jAutoConfiguration {
  private static final String PROVIDER = "lora4j";

  /** The open library; nothing opens it but models that need it. */
  @Bean
  @Lazy
  @ConditionalOnMissingBean
  Lora4j lora4j(Lora4jProperties properties) {
    String name = properties.device();
    Device device = Opening.of("lora4j.device", name, () -> Device.named(name));
    Integer threads = properties.threads();
    OptionalInt count = threads == null ? OptionalInt.empty() : OptionalInt.of(threads);
    Lora4j lora =
        Opening.of(
            count.isPresent() ? "lora4j.threads" : "lora4j.device",
            count.isPresent() ? threads : name,
            () -> Lora4j.open(new EngineOptions(count, device)));
    DType type = properties.compute();
    if (!lora.engine().device().computes(type)) {
      lora.close();
      throw Opening.unusable("lora4j.compute", type, "Take f32 or bf16.");
    }
    return lora;
  }

  private static String name(Path base) {
    return String.valueOf(base.toAbsolutePath().normalize().getFileName());
  }

  private static Path given(@Nullable Path base) {
    return Objects.requireNonNull(base, "the condition requires the property");
  }

  /** The model of pictures. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty("lora4j.base")
  @ConditionalOnProperty(
      name = SpringAIModelProperties.IMAGE_MODEL,
      havingValue = PROVIDER,
      matchIfMissing = true)
  @ConditionalOnMissingBean(ImageModel.class)
  static class Pictures {
    @Bean
    @ConditionalOnMissingBean
    StableDiffusion lora4jBase(Lora4j lora, Lora4jProperties properties) {
      Path base = given(properties.base());
      LoadOptions options = LoadOptions.in(properties.compute());
      return Opening.of("lora4j.base", base, () -> StableDiffusion.open(lora, base, options));
    }

    @Bean
    Lora4jImageModel lora4jImageModel(StableDiffusion base, Lora4jProperties properties) {
      NamedAdapters adapters =
          new NamedAdapters(Optional.ofNullable(properties.adapters()), base::adapter);
      Lora4jImageModel model =
          new Lora4jImageModel(name(base.base().path()), base, adapters, properties.image());
      Opening.check("lora4j.image", model::requireDefaults);
      return model;
    }
  }

  /** The model that chats. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty("lora4j.text")
  @ConditionalOnProperty(
      name = SpringAIModelProperties.CHAT_MODEL,
      havingValue = PROVIDER,
      matchIfMissing = true)
  @ConditionalOnMissingBean(ChatModel.class)
  static class Chats {
    @Bean
    @ConditionalOnMissingBean
    LanguageModel lora4jText(Lora4j lora, Lora4jProperties properties) {
      Path text = given(properties.text());
      TextLoadOptions plain = TextLoadOptions.in(properties.compute());
      TextLoadOptions loading =
          Optional.ofNullable(properties.chat().context())
              .map(n -> Opening.of("lora4j.chat.context", n, () -> plain.withContext(n)))
              .orElse(plain);
      return Opening.of("lora4j.text", text, () -> LanguageModel.open(lora, text, loading));
    }

    @Bean
    @ConditionalOnMissingBean
    SharedSession lora4jSession(LanguageModel model, Lora4jProperties properties) {
      Lora4jProperties.Chat chat = properties.chat();
      CacheLimits room =
          Opening.of("lora4j.chat.rows", chat.rows(), () -> CacheLimits.rows(chat.rows()));
      long bytes = chat.prefixCache().toBytes();
      CacheLimits limits =
          Opening.of("lora4j.chat.prefix-cache", bytes, () -> room.prefixBytes(bytes));
      return Opening.of(
          "lora4j.text", model.base().path(), () -> SharedSession.open(model, limits));
    }

    @Bean
    Lora4jChatModel lora4jChatModel(SharedSession session, Lora4jProperties properties) {
      LanguageModel text = session.model();
      NamedAdapters adapters =
          new NamedAdapters(Optional.ofNullable(properties.adapters()), text::adapter);
      Lora4jChatModel model =
          new Lora4jChatModel(name(text.base().path()), session, adapters, properties.chat());
      Opening.check("lora4j.chat", model::requireDefaults);
      return model;
    }
  }

  /** The model of embeddings. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnProperty("lora4j.encoder")
  @ConditionalOnProperty(
      name = SpringAIModelProperties.EMBEDDING_MODEL,
      havingValue = PROVIDER,
      matchIfMissing = true)
  @ConditionalOnMissingBean(EmbeddingModel.class)
  static class Embeddings {
    @Bean
    @ConditionalOnMissingBean
    SentenceEncoder lora4jEncoder(Lora4j lora, Lora4jProperties properties) {
      Path folder = given(properties.encoder());
      return Opening.of(
          "lora4j.encoder", folder, () -> SentenceEncoder.open(lora, folder, properties.compute()));
    }

    @Bean
    Lora4jEmbeddingModel lora4jEmbeddingModel(
        SentenceEncoder encoder, Lora4jProperties properties) {
      NamedAdapters adapters =
          new NamedAdapters(Optional.ofNullable(properties.adapters()), encoder::adapter);
      MixPlan mix =
          Opening.of(
              "lora4j.embedding.adapters",
              properties.embedding().adapters(),
              () -> adapters.mix(properties.embedding().adapters()));
      return new Lora4jEmbeddingModel(name(encoder.model().base().path()), encoder, mix);
    }
  }
}
