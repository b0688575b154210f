package dev.lora4j.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.tinylm.TinyLm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.image.ImageModel;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.support.SpringFactoriesLoader;

/** Which beans there are, and how an application with wrong properties fails. */
@Timeout(300)
class Lora4jAutoConfigurationTest {
  private static final ChatModel OWN = prompt -> new ChatResponse(List.of());

  /** An application that talks by other means. */
  @Configuration(proxyBeanMethods = false)
  static class OwnChat {
    @Bean
    ChatModel ownChatModel() {
      return OWN;
    }
  }

  @Test
  void withoutPropertiesThereIsNothing() {
    try (ConfigurableApplicationContext application = Application.start()) {
      for (Class<?> kind : List.of(ImageModel.class, ChatModel.class, EmbeddingModel.class)) {
        assertEquals(List.of(), List.of(application.getBeanNamesForType(kind)), kind.getName());
      }
      assertTrue(!application.getBeanFactory().containsSingleton("lora4j"));
    }
  }

  @Test
  void ownModelKeepsTheBaseFromBeingLoaded() {
    try (ConfigurableApplicationContext application =
        Application.start(OwnChat.class, "--lora4j.text=" + TinyLm.folder())) {
      assertSame(OWN, application.getBean(ChatModel.class));
      assertEquals(0, application.getBeanNamesForType(LanguageModel.class).length);
    }
  }

  @Test
  void otherProviderOfSpringAiIsChosen() {
    try (ConfigurableApplicationContext application =
        Application.start("--lora4j.text=" + TinyLm.folder(), "--spring.ai.model.chat=openai")) {
      assertEquals(0, application.getBeanNamesForType(ChatModel.class).length);
    }
  }

  /** An application that loads a base itself. */
  @Configuration(proxyBeanMethods = false)
  static class OwnBase {
    @Bean
    StableDiffusion own(Lora4j lora) {
      return StableDiffusion.open(lora, EmojiSd.folder());
    }
  }

  @Test
  void ownBaseIsUsed() {
    try (ConfigurableApplicationContext application =
        Application.start(OwnBase.class, "--lora4j.base=whatever", "--lora4j.threads=1")) {
      assertEquals(1, application.getBeanNamesForType(StableDiffusion.class).length);
      assertEquals(1, application.getBeanNamesForType(ImageModel.class).length);
    }
  }

  @TempDir private Path empty;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --lora4j.base=EMPTY | lora4j.base
          --lora4j.text=EMPTY | lora4j.text
          --lora4j.text=PICTURES | lora4j.text
          --lora4j.encoder=TEXT | lora4j.encoder
          --lora4j.device=tpu --lora4j.text=TEXT | lora4j.device
          --lora4j.compute=f16 --lora4j.text=TEXT | lora4j.compute
          --lora4j.image.adapters.nobody=1 --lora4j.base=PICTURES | lora4j.image
          --lora4j.image.width=60 --lora4j.image.height=64 --lora4j.base=PICTURES | lora4j.image
          --lora4j.chat.top-p=2 --lora4j.text=TEXT | lora4j.chat
          --lora4j.chat.rows=0 --lora4j.text=TEXT | lora4j.chat.rows
          --lora4j.chat.context=1 --lora4j.text=TEXT | lora4j.chat.context
          --lora4j.chat.context=64 --lora4j.text=TEXT | lora4j.text
          """)
  void wrongPropertyIsNamedAtTheStart(String arguments, String property) {
    String[] given =
        arguments
            .replace("EMPTY", empty.toString())
            .replace("TEXT", TinyLm.folder().toString())
            .replace("PICTURES", EmojiSd.folder().toString())
            .split(" ");
    Exception failure = assertThrows(Exception.class, () -> Application.start(given).close());
    FailureAnalysis analysis = analysis(failure);
    assertTrue(analysis.getDescription().startsWith(property), analysis.getDescription());
    assertTrue(String.valueOf(analysis.getAction()).contains(property), analysis.getDescription());
  }

  /** As Spring Boot finds who explains a failure. */
  private static FailureAnalysis analysis(Throwable failure) {
    return SpringFactoriesLoader.forDefaultResourceLocation()
        .load(
            FailureAnalyzer.class, SpringFactoriesLoader.FailureHandler.handleMessage((m, e) -> {}))
        .stream()
        .map(analyzer -> analyzer.analyze(failure))
        .filter(Objects::nonNull)
        .findFirst()
        .orElseThrow(() -> new AssertionError("nobody explains", failure));
  }

  @Test
  void unknownPropertyFailsTheStart() {
    Exception failure =
        assertThrows(Exception.class, () -> Application.start("--lora4j.bsae=models/sd15").close());
    assertTrue(analysis(failure).getDescription().contains("lora4j.bsae"));
  }

  @Test
  void metadataDescribeTheProperties() throws IOException {
    String metadata =
        Files.readString(Path.of("target/classes/META-INF/spring-configuration-metadata.json"));
    for (String name :
        List.of("lora4j.base", "lora4j.text", "lora4j.image.guidance-scale", "lora4j.chat.top-p")) {
      int at = metadata.indexOf("\"" + name + "\"");
      assertTrue(at > 0, name);
      String entry = metadata.substring(at, metadata.indexOf('}', at));
      assertTrue(entry.contains("\"description\""), entry);
    }
  }
}
