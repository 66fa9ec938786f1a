package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties.ForwardHeadersStrategy;

@ExtendWith(OutputCaptureExtension.class)
class ExposureTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
                    127.0.0.1,   false,           , true
                    127.3.2.1,   false,           , true
                    ::1,         false,           , true
                    0.0.0.0,     false,           , false
                    ::,          false,           , false
                    192.168.1.7, false,           , false
                               , false,           , false
                    0.0.0.0,     false, NONE      , false
                    0.0.0.0,     false, NATIVE    , true
                    0.0.0.0,     false, FRAMEWORK , true
                    0.0.0.0,     true,            , true
                               , true,            , true
                    """)
    void other_machines_get_the_page_through_tls_only(
            String address, boolean tls, ForwardHeadersStrategy proxy, boolean allowed) throws UnknownHostException {
        ServerProperties server = new ServerProperties();
        server.setAddress(address == null ? null : InetAddress.getByName(address));
        server.setForwardHeadersStrategy(proxy);
        Ssl ssl = new Ssl();
        ssl.setEnabled(tls);
        server.setSsl(ssl);

        if (allowed) {
            assertThat(new Exposure(server).isEverywhere()).isEqualTo(address == null || address.matches("[0:.]+"));
        } else {
            assertThatThrownBy(() -> new Exposure(server)).isInstanceOf(Exposure.RefusedException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        ",localhost",
        "0.0.0.0,localhost",
        "::,localhost",
        "127.0.0.1,localhost",
        "127.3.2.1,127.3.2.1",
        "192.168.1.7,192.168.1.7",
        "::1,[0:0:0:0:0:0:0:1]"
    })
    void the_address_that_is_told_is_one_that_it_listens_on(String address, String host) throws UnknownHostException {
        ServerProperties server = new ServerProperties();
        server.setAddress(address == null ? null : InetAddress.getByName(address));
        server.setForwardHeadersStrategy(ForwardHeadersStrategy.NATIVE);

        assertThat(new Exposure(server).host()).isEqualTo(host);
    }

    @Test
    void an_application_that_would_be_open_to_others_does_not_start_and_says_why(CapturedOutput output) {
        assertThatThrownBy(
                        () -> SpringApplication.run(ControlRoom.class, "--server.address=0.0.0.0", "--server.port=0"))
                .hasRootCauseInstanceOf(Exposure.RefusedException.class);

        assertThat(output).contains("server.address", "server.ssl", "server.forward-headers-strategy=native");
    }
}
