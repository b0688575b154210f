package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What A1111's protocol lists and what it refuses. */
class A1111RefusalsTest {
  @TempDir private static Path state;
  private static A1111Server server;

  @BeforeAll
  static void open() throws IOException {
    server = new A1111Server(state);
  }

  @AfterAll
  static void close() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          txt2img | {'sampler_name':'Restart'} | 400 | Sampler not found: 'Restart'. There are Euler a, Euler,
          txt2img | {'scheduler':'turbo'} | 400 | Automatic, Uniform, Karras
          txt2img | {'sampler_name':'DDIM','scheduler':'karras'} | 400 | take default or trailing
          txt2img | {'sampler_name':'DDIM','eta':1.0} | 422 | eta is 0.0 for the sampler DDIM
          txt2img | {'width':63} | 400 | the nearest are 48x512, 64x512
          txt2img | {'width':16384,'height':16384} | 422 | Make width or height smaller
          txt2img | {'steps':0} | 422 | steps must be a whole number from 1 to 1000
          txt2img | {'batch_size':64,'n_iter':5} | 422 | Send several requests
          txt2img | {'enable_hr':true} | 422 | enable_hr is not supported
          txt2img | {'styles':['x']} | 422 | styles is not supported
          txt2img | {'script_name':'X/Y/Z plot'} | 422 | Script 'X/Y/Z plot' not found
          txt2img | {'alwayson_scripts':{'ControlNet':{'args':[]}}} | 422 | Script 'ControlNet' not found
          txt2img | {'prompt':'<lora:glosy:1>'} | 404 | glossy
          txt2img | {'prompt':'<lora:glossy:1:1:8>'} | 422 | dyn
          txt2img | {'prompt':'<lora:glossy:1:lbw=OUTX>'} | 422 | lbw=OUTX is no preset
          txt2img | {'prompt':'<lora:glossy:1:lbw=1,0,1>'} | 400 | list of 3 block weights
          txt2img | {'override_settings':{'sd_model_checkpoint':'sd15'}} | 404 | sd15
          txt2img | {'override_settings':{'CLIP_stop_at_last_layers':60}} | 400 | layers
          txt2img | [] | 422 | one JSON object
          img2img | {} | 404 | Init image not found
          img2img | {'init_images':['http://127.0.0.1/x.png']} | 422 | not fetched
          img2img | {'init_images':['!']} | 422 | init_images[0]
          img2img | {'init_images':['AAAA']} | 422 | no picture that can be read
          img2img | {'init_images':['AAAA','AAAA']} | 422 | 2 init_images for a batch_size of 1
          img2img | {'init_images':['AAAA'],'width':4096,'height':4096} | 422 | Make it smaller
          img2img | {'init_images':['AAAA'],'resize_mode':3} | 422 | resize_mode 3 is not supported
          img2img | {'init_images':['AAAA'],'mask':'AAAA','inpainting_fill':2} | 422 | inpainting_fill 2
          img2img | {'init_images':['AAAA'],'denoising_strength':0} | 422 | denoising_strength
          png-info | {} | 404 | Image not found
          png-info | {'image':'AAAA'} | 422 | no PNG file
          options | {'sd_model_checkpoint':'sd15'} | 404 | There are emoji-sd
          interrogate | {} | 404 | interrogate
          """)
  void mistakesAreNamed(String name, String body, int status, String part) throws Exception {
    HttpResponse<String> response = server.post(name, body);
    assertEquals(status, response.statusCode(), response.body());
    JsonObject error = RunningServer.json(response);
    assertTrue(error.get("detail").getAsString().contains(part), response.body());
    assertTrue(error.has("error") && error.has("body") && error.has("errors"), response.body());
    assertFalse(response.body().contains(System.getProperty("user.dir")), response.body());
  }

  private static List<String> names(String list, String key) throws Exception {
    List<String> names = new ArrayList<>();
    for (JsonElement one : server.got(list).getAsJsonArray()) {
      names.add(one.getAsJsonObject().get(key).getAsString());
    }
    return names;
  }

  @Test
  void listsSayWhatThereIs() throws Exception {
    server.post("refresh-loras", "");
    assertEquals(List.of("fast", "glossy"), names("loras", "name"));
    assertTrue(server.got("loras").getAsJsonArray().get(0).getAsJsonObject().has("metadata"));
    assertEquals(List.of("emoji-sd"), names("sd-models", "model_name"));
    assertTrue(names("samplers", "name").containsAll(List.of("Euler a", "DPM++ 2M", "DDIM")));
    assertTrue(names("schedulers", "label").contains("Karras"));
    assertTrue(server.got("memory").getAsJsonObject().has("ram"));
    assertTrue(server.got("scripts").getAsJsonObject().getAsJsonArray("txt2img").isEmpty());
    assertTrue(server.got("embeddings").getAsJsonObject().has("loaded"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"upscalers", "prompt-styles", "hypernetworks", "sd-vae"})
  void listsOfNothingAreEmpty(String name) throws Exception {
    assertTrue(server.got(name).getAsJsonArray().isEmpty());
  }
}
