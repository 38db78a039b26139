document.querySelector('#port').textContent = location.port;
