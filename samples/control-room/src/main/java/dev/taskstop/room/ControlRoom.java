package dev.taskstop.room;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

/** The application; {@code mvn -B -q -pl samples/control-room -am -P control-room -DskipTests package} runs it. */
@SpringBootApplication
@EnableConfigurationProperties(RoomProperties.class)
public class ControlRoom {

    /**
     * Runs until it is interrupted.
     *
     * @param args properties as {@code --room.password=…}
     */
    public static void main(String[] args) {
        SpringApplication.run(ControlRoom.class, args);
    }
}
