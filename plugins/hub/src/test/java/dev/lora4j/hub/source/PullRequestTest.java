package dev.lora4j.hub.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PullRequestTest {
  private static final String DIGEST =
      "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef";

  private static PullRequest parse(String text) {
    return PullRequest.parse(text, HubAddresses.DEFAULT);
  }

  /** As people write them, and as they copy them out of their browsers. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hf:ann/ink | hf:ann/ink",
        "hf:ann/ink@v2 | hf:ann/ink@v2",
        "hf:ann/ink/ink.safetensors | hf:ann/ink/ink.safetensors",
        "hf:ann/ink@main/sub/ink.safetensors | hf:ann/ink/sub/ink.safetensors",
        "hf:ann/ink@refs%2Fpr%2F3/ink.safetensors | hf:ann/ink@refs%2Fpr%2F3/ink.safetensors",
        "hf:Ann_1/ink-v1.5/checkpoint-500 | hf:Ann_1/ink-v1.5/checkpoint-500",
        "https://huggingface.co/ann/ink | hf:ann/ink",
        "https://huggingface.co/ann/ink/ | hf:ann/ink",
        "https://hf.co/ann/ink/tree/main | hf:ann/ink",
        "https://huggingface.co/ann/ink/tree/v2/sub | hf:ann/ink@v2/sub",
        "https://HuggingFace.co/ann/ink/blob/main/a%20b.safetensors | hf:ann/ink/a b.safetensors",
        "https://huggingface.co/ann/ink/resolve/main/ink.safetensors?download=true | hf:ann/ink/ink.safetensors",
        "https://huggingface.co/ann/ink/blob/refs%2Fpr%2F3/ink.safetensors | hf:ann/ink@refs%2Fpr%2F3/ink.safetensors",
        "https://huggingface.co/ann/ink/blob/refs/pr/3/ink.safetensors | hf:ann/ink@refs%2Fpr%2F3/ink.safetensors",
        "https://huggingface.co/ann/ink/raw/main/ink+glow.safetensors | hf:ann/ink/ink+glow.safetensors",
        "civitai:82098 | civitai:82098",
        "civitai:82098@87153 | civitai:82098@87153",
        "'civitai: 82098 @ 87153' | civitai:82098@87153",
        "urn:air:sd1:lora:civitai:82098@87153 | civitai:82098@87153",
        "https://civitai.com/models/82098 | civitai:82098",
        "https://civitai.com/models/82098/add-more-details?modelVersionId=87153 | civitai:82098@87153",
        "https://www.civitai.com/models/82098?modelVersionId=87153&dialogId=x | civitai:82098@87153",
        "https://civitai.com/api/download/models/87153 | https://civitai.com/api/download/models/87153",
        "https://civitai.com/api/download/models/87153?type=Model&format=SafeTensor | https://civitai.com/api/download/models/87153?format=SafeTensor&type=Model",
        "https://example.org/files/ink.safetensors?sig=secret | https://example.org/files/ink.safetensors",
        "https://example.org/get/17 | https://example.org/get/17",
        "http://127.0.0.1:8000/ink.safetensors | http://127.0.0.1:8000/ink.safetensors",
        "http://[::1]:8000/ink.safetensors | http://[::1]:8000/ink.safetensors",
      })
  void sourcesAreRead(String text, String meant) {
    PullRequest request = parse(text);
    assertEquals(meant, request.source().text());
    assertEquals(request, parse(request.source() instanceof LinkSource ? text : meant));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ann/ink | no source",
        "ink.safetensors | no source",
        "'' | no source",
        "hf:ink | Expected hf:OWNER/REPO",
        "hf:/ink | Expected hf:OWNER/REPO",
        "hf:../../etc/passwd | no repository",
        "hf:ann/.. | no repository",
        "hf:ann/ink@../x | no branch",
        "hf:ann/ink@v2%2F..%2Fx/a.safetensors | no branch",
        "hf:ann/ink/../../x.safetensors | no path in a repository",
        "hf:ann/ink//x.safetensors | no path in a repository",
        "hf:ann/ink/a\\..\\b.safetensors | no path in a repository",
        "hf:ann/ink/ink.ckpt | Python pickle",
        "hf:ann/ink/adapter_model.bin | Python pickle",
        "hf:ann/ink/INK.PT | Python pickle",
        "hf:ann/ink/ink.zip | archive",
        "hf:ann/ink/adapter_config.json | no adapter by its name",
        "https://huggingface.co/datasets/ann/pictures | no repository of models",
        "https://huggingface.co/spaces/ann/demo | no repository of models",
        "https://huggingface.co/ann | no repository of models",
        "https://huggingface.co/ann/ink/discussions/3 | no file of ann/ink",
        "https://huggingface.co/ann/ink/blob/main/%2e%2e/%2e%2e/x.safetensors | no path in a repository",
        "https://huggingface.co/ann/ink/blob/main/a%00b.safetensors | no path in a repository",
        "http://huggingface.co/ann/ink | Use https://",
        "civitai:ink | both of them numbers",
        "civitai:1@2@3 | both of them numbers",
        "civitai:99999999999999999999 | both of them numbers",
        "https://civitai.com/models/1?modelVersionId=new | no number",
        "https://civitai.com/models/1?token=verysecret | CIVITAI_API_TOKEN",
        "https://civitai.com/api/download/models/1?fileId=3 | fileId",
        "https://civitai.com/user/ann | no model on Civitai",
        "https://civitai.com/images/3 | no model on Civitai",
        "https://example.org/ink.ckpt | Python pickle",
        "https://example.org/ink.safetensors.zip | archive",
        "https://ann:secret@example.org/ink.safetensors | name or password",
        "http://example.org/ink.safetensors | Use https://",
        "http://127.0.0.1.example.org/ink.safetensors | Use https://",
        "file:///etc/passwd | file:, which is not fetched",
        "ftp://example.org/ink.safetensors | ftp:, which is not fetched",
        "jar:https://example.org/a!/b | jar:, which is not fetched",
        "https:///ink.safetensors | no host",
        "https://exa mple.org/ink.safetensors | cannot be read",
        "https://example.org/%zz.safetensors | cannot be read",
        "https://example.org/ink.safetensors#sha256=12 | 64 hexadecimal digits",
        "https://example.org/ink.safetensors#md5=d41d8cd98f00b204e9800998ecf8427e | #sha256= alone",
        "s3://bucket/ink.safetensors | s3:, which is not fetched",
      })
  void othersAreRefusedWithTheReason(String text, String reason) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> parse(text));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
    assertFalse(e.getMessage().contains("secret"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://example.org/a.safetensors", "https://huggingface.co/a/b"})
  void digestsComeFromTheFragmentOrTheOption(String link) {
    Optional<String> lower = Optional.of(DIGEST.toLowerCase(java.util.Locale.ROOT));
    assertEquals(lower, parse(link + "#sha256=" + DIGEST).sha256());
    assertEquals(lower, parse(link).withSha256(DIGEST).sha256());
    assertEquals(Optional.empty(), parse(link + "#readme").sha256());
    PullRequest request = parse(link + "#sha256=" + DIGEST);
    assertEquals(request, request.withSha256(DIGEST));
    assertThrows(
        IllegalArgumentException.class, () -> request.withSha256(DIGEST.replace('0', '1')));
  }

  @Test
  void linksOfMirrorsAreThoseOfTheirHubs() {
    HubAddresses mirrors =
        HubAddresses.DEFAULT
            .withHuggingFace("https://mirror.example.org/hf/")
            .withCivitai("http://127.0.0.1:9000");
    PullRequest model =
        PullRequest.parse("https://mirror.example.org/hf/ann/ink/tree/main", mirrors);
    assertEquals("hf:ann/ink", model.source().text());
    assertEquals(
        "civitai:3", PullRequest.parse("http://127.0.0.1:9000/models/3", mirrors).source().text());
    assertEquals("hf:ann/ink", PullRequest.parse("https://hf.co/ann/ink", mirrors).source().text());
    PullSource elsewhere =
        PullRequest.parse("https://mirror.example.org/other/ann/ink", mirrors).source();
    assertTrue(elsewhere instanceof LinkSource);
    for (String wrong : new String[] {"http://example.org", "ftp://a", "https://a/?b=c", "a.b"}) {
      assertThrows(
          IllegalArgumentException.class, () -> HubAddresses.DEFAULT.withHuggingFace(wrong));
    }
  }
}
